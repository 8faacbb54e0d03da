import { RandomAccessReader } from "yauzl";

/** Gives the plain bytes of one piece of a file by its place, from 0. */
export type ReadPiece = (position: number) => Promise<Buffer>;

/** Pieces kept in the clear: the last ones read, for entries that follow each other. */
const kept = 3;

/**
 * A stored file as bytes by offset: a zip archive's list of contents stands at its end. Holds at most three pieces in the
 * clear.
 */
export class PieceReader extends RandomAccessReader {
  readonly #pieces = new Map<number, Promise<Buffer>>();
  /** Why a piece could not be had; what failed for that is not the archive's fault. */
  failure: unknown = null;

  constructor(
    readonly sizeBytes: number,
    /** Of every piece but the last, which may be shorter. */
    private readonly pieceBytes: number,
    private readonly readPiece: ReadPiece,
  ) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead: number) => void,
  ): void {
    void this.#answer(buffer.subarray(offset), length, position, callback);
  }

  async #answer(
    into: Buffer,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead: number) => void,
  ): Promise<void> {
    const bytes = await this.bytes(position, length).catch((error: unknown) => error);
    if (Buffer.isBuffer(bytes)) callback(null, bytes.copy(into));
    else callback(bytes instanceof Error ? bytes : new Error(String(bytes)), 0);
  }

  /** Bytes at an offset. Throws RangeError where the file does not have them all. */
  async bytes(position: number, length: number): Promise<Buffer> {
    if (position < 0 || length < 0 || position + length > this.sizeBytes)
      throw new RangeError("The archive names bytes outside itself.");
    const parts: Buffer[] = [];
    for (let at = position; at < position + length; ) {
      const number = Math.floor(at / this.pieceBytes);
      const piece = await this.#piece(number);
      const start = at - number * this.pieceBytes;
      const part = piece.subarray(start, Math.min(piece.length, start + position + length - at));
      if (part.length === 0) throw new RangeError("The archive is shorter than it says.");
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  }

  #piece(number: number): Promise<Buffer> {
    const known = this.#pieces.get(number) ?? this.#fetch(number);
    this.#pieces.delete(number);
    this.#pieces.set(number, known);
    const [oldest] = this.#pieces.keys();
    if (this.#pieces.size > kept && oldest !== undefined) this.#pieces.delete(oldest);
    return known;
  }

  async #fetch(number: number): Promise<Buffer> {
    try {
      return await this.readPiece(number);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
