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

/** A request's body as a source of bytes, and a signal that aborts when its sender is too slow or gone. */
export class UploadBody {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #arrived = 0;

  constructor(
    private readonly stream: Readable,
    pace: Pace,
  ) {
    let before = 0;
    // A pace and not an idle time: one byte now and then would hold a place for as long as the sender likes.
    this.#timer = setInterval(() => {
      if (this.#arrived - before < pace.bytes) this.#abort.abort(tooSlow(pace));
      before = this.#arrived;
    }, pace.intervalMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Leaves the stream open when the reader stops early: a destroyed request takes its connection along, and the answer. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.stream.iterator({ destroyOnReturn: false })) {
        this.#arrived += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
    } catch {
      throw cutOff();
    }
  }

  /** Call it once the source is no longer read. */
  close(): void {
    clearInterval(this.#timer);
  }
}
