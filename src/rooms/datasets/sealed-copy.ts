import { createHash } from "node:crypto";
import { pack, pieceBytes } from "./packing.js";

/** Seals the piece at a position for the place where it will be kept. */
export type SealPiece = (packed: Buffer, position: number) => Buffer;

/** A file as it will be stored. */
export interface Copied {
  /** Compressed and sealed, in the file's order. */
  pieces: Buffer[];
  sizeBytes: number;
  /** Of the bytes as they came, hexadecimal. */
  sha256: string;
}

/** Keeps what passes through it as sealed pieces. */
export class SealedCopy {
  readonly #hash = createHash("sha256");
  readonly #pieces: Buffer[] = [];
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #sizeBytes = 0;

  constructor(private readonly seal: SealPiece) {}

  async *passing(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#hash.update(chunk);
      this.#sizeBytes += chunk.length;
      for (let offset = 0; offset < chunk.length; ) {
        const part = chunk.subarray(offset, offset + pieceBytes - this.#waitingBytes);
        this.#waiting.push(part);
        this.#waitingBytes += part.length;
        offset += part.length;
        if (this.#waitingBytes === pieceBytes) await this.#pack();
      }
      yield chunk;
    }
  }

  async finish(): Promise<Copied> {
    if (this.#waitingBytes > 0) await this.#pack();
    return { pieces: this.#pieces, sizeBytes: this.#sizeBytes, sha256: this.#hash.digest("hex") };
  }

  async #pack(): Promise<void> {
    const plain = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#pieces.push(this.seal(await pack(plain), this.#pieces.length));
  }
}
