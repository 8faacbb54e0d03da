import { createHash } from "node:crypto";
import { pack, pieceBytes } from "./packing.js";
import { profileTable, type ReadOptions, readTable, type TableProfile } from "./reading/index.js";

/** A file that was read to its end and found good, ready to be stored. */
export interface Intake {
  profile: TableProfile;
  /** Compressed and sealed, in the file's order. */
  pieces: Buffer[];
  sizeBytes: number;
  /** Of the bytes as they came, hexadecimal. */
  sha256: string;
}

/** Seals the piece at a position for the place where it will be kept. */
export type SealPiece = (packed: Buffer, position: number) => Buffer;

/**
 * Reads, profiles, compresses and seals a file in one pass; the plain text in memory is one piece and what the reader
 * holds. Nothing is stored here, so a file found bad in its last row leaves nothing behind.
 *
 * @throws what `readTable` throws.
 */
export async function takeIn(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions,
  seal: SealPiece,
): Promise<Intake> {
  const copy = new Copy(seal);
  const profile = await profileTable(await readTable(copy.passing(source), options));
  return { profile, ...(await copy.finish()) };
}

/** Keeps what passes through it as sealed pieces. */
class Copy {
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

  async finish(): Promise<Omit<Intake, "profile">> {
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
