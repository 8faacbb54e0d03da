import type { Readable } from "node:stream";
import { HttpError } from "../http/http-error.js";
import { Arrivals, type Paces } from "./pace.js";

const cutOff = (): HttpError =>
  new HttpError(400, "BAD_USER_INPUT", "The upload was cut off. Send the whole file again to the same URL.");

const tooSlow = (bytes: number, lookMs: number): HttpError =>
  new HttpError(
    408,
    "BAD_USER_INPUT",
    `The upload brought fewer than ${Math.round((bytes * 1_000) / lookMs).toLocaleString("en")} bytes a second. ` +
      "Send the file again to the same URL.",
  );

const tooSlowForACrowd = (): HttpError =>
  new HttpError(
    408,
    "BAD_USER_INPUT",
    "Others wait for a place and this upload is slow, so it lost its own. Send the file again to the same URL, " +
      "over a faster line or in a while.",
  );

const stopping = (): HttpError =>
  new HttpError(
    503,
    "UNAVAILABLE",
    "The server is about to stop and the upload was not moving. Send the file again to the same URL in a moment.",
  );

/** A request's body as a source of bytes, and a signal that aborts when its sender is too slow or gone. */
export class UploadBody {
  readonly #abort = new AbortController();
  readonly #arrivals: Arrivals;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly stream: Readable,
    private readonly paces: Paces,
    private readonly crowded: () => boolean,
  ) {
    this.#arrivals = new Arrivals(Math.max(paces.usual.window, paces.crowded.window));
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Leaves the stream open when the reader stops early: a destroyed request takes its connection along, and the answer. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    // Not before somebody reads: an upload that waits for its own place takes no bytes in.
    this.#timer = setInterval(() => this.#look(), this.paces.lookMs);
    try {
      for await (const chunk of this.stream.iterator({ destroyOnReturn: false })) {
        this.#arrivals.add((chunk as Uint8Array).length);
        yield chunk as Uint8Array;
      }
    } catch {
      throw cutOff();
    } finally {
      this.close();
    }
  }

  /** A server that stops lets an upload end that moves; one that stands still would only hold it up. */
  stop(): void {
    this.#stopping = true;
    if (this.#timer && this.#arrivals.age > 0 && this.#arrivals.within(1) + this.#arrivals.fresh === 0)
      this.#abort.abort(stopping());
  }

  #look(): void {
    const { usual, crowded, lookMs } = this.paces;
    this.#arrivals.look();
    const missed = this.#arrivals.missed(usual);
    // A byte now and then is no progress either, so the least that a crowd asks for tells whether it moves.
    if (this.#stopping && this.#arrivals.within(1) < crowded.bytes) this.#abort.abort(stopping());
    else if (missed !== null) this.#abort.abort(tooSlow(missed, lookMs));
    else if (this.crowded() && this.#arrivals.missed(crowded) !== null) this.#abort.abort(tooSlowForACrowd());
  }

  /** Call it once the source is no longer read. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
