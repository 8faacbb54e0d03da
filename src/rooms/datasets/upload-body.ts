import type { Readable } from "node:stream";
import { HttpError } from "../../kernel/http/http-error.js";

/** How slow a sender may be: at least so many bytes in each interval. */
export interface Pace {
  intervalMs: number;
  bytes: number;
}

const cutOff = (): HttpError =>
  new HttpError(400, "BAD_USER_INPUT", "The upload was cut off. Send the whole file again to the same URL.");

const tooSlow = ({ intervalMs, bytes }: Pace): HttpError =>
  new HttpError(
    408,
    "BAD_USER_INPUT",
    `The upload brought fewer than ${bytes.toLocaleString("en")} bytes in ${intervalMs / 1000} s. ` +
      "Send the file again to the same URL.",
  );

/** The usual pace, and the one asked of a sender while others wait for its place. */
export interface Paces {
  usual: Pace;
  crowded: Pace;
}

/** A request's body as a source of bytes, and a signal that aborts when its sender is too slow or gone. */
export class UploadBody {
  readonly #abort = new AbortController();
  #timers: NodeJS.Timeout[] = [];
  #arrived = 0;

  constructor(
    private readonly stream: Readable,
    private readonly paces: Paces,
    private readonly crowded: () => boolean,
  ) {}

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Leaves the stream open when the reader stops early: a destroyed request takes its connection along, and the answer. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    // Not before somebody reads: an upload that waits for its own place takes no bytes in.
    this.#timers = [this.#watch(this.paces.usual, () => true), this.#watch(this.paces.crowded, this.crowded)];
    try {
      for await (const chunk of this.stream.iterator({ destroyOnReturn: false })) {
        this.#arrived += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
    } catch {
      throw cutOff();
    } finally {
      this.close();
    }
  }

  /** A pace and not an idle time: one byte now and then would hold a place for as long as the sender likes. */
  #watch(pace: Pace, holds: () => boolean): NodeJS.Timeout {
    let before = this.#arrived;
    return setInterval(() => {
      if (this.#arrived - before < pace.bytes && holds()) this.#abort.abort(tooSlow(pace));
      before = this.#arrived;
    }, pace.intervalMs);
  }

  /** Call it once the source is no longer read. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
