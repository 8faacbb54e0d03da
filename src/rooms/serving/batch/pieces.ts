import type { BatchRow } from "./batch-rows.js";

/** A part of the work: it is stored and metered as a whole, and asked of the model in requests. */
export interface Piece {
  rows: number;
  requests: BatchRow[][];
}

/** What one piece and one request of it may hold. Bytes are of the text that the model reads. */
interface PieceLimits {
  rows: number;
  bytes: number;
  requestRows: number;
  requestBytes: number;
}

/** Of a result's text a piece may hold so much, which bounds what is in the clear in memory at once. */
const resultBytes = 8 * 2 ** 20;
/** A probability in full with its separator, or one more column of the dataset. */
const bytesOfCell = 24;

/**
 * A request as large as one batch of callers' own: whoever asks meanwhile waits for no longer than for one of those.
 * A piece is what a killed worker does again, and one transaction; with many columns it has fewer rows, and it is at
 * most half of what the plan `allows` in a minute, or it would never be granted beside callers' own.
 */
export const pieceLimits = (columns: number, allows: number = Number.POSITIVE_INFINITY): PieceLimits => ({
  rows: Math.max(
    1,
    Math.min(1_000, Math.floor(allows / 2), Math.floor(resultBytes / (bytesOfCell * Math.max(1, columns)))),
  ),
  bytes: 4 * 2 ** 20,
  requestRows: 64,
  requestBytes: 2 ** 20,
});

function weightOf({ inputs }: BatchRow): number {
  let bytes = 0;
  for (const [column, value] of Object.entries(inputs))
    bytes += column.length + (typeof value === "string" ? value.length : 8) + 6;
  return bytes;
}

/** Cuts rows into pieces, leaving the first `skip` out. The same rows are always cut alike. */
export async function* piecesOf(
  rows: AsyncIterable<BatchRow>,
  skip: number,
  limits: PieceLimits,
): AsyncGenerator<Piece> {
  let left = skip;
  let piece: Piece = { rows: 0, requests: [] };
  let [pieceBytes, requestBytes] = [0, 0];
  for await (const row of rows) {
    if (left-- > 0) continue;
    const bytes = weightOf(row);
    if (piece.rows >= limits.rows || (piece.rows > 0 && pieceBytes + bytes > limits.bytes)) {
      yield piece;
      piece = { rows: 0, requests: [] };
      pieceBytes = 0;
    }
    const request = piece.requests.at(-1);
    if (!request || request.length >= limits.requestRows || requestBytes + bytes > limits.requestBytes) {
      piece.requests.push([row]);
      requestBytes = bytes;
    } else {
      request.push(row);
      requestBytes += bytes;
    }
    piece.rows += 1;
    pieceBytes += bytes;
  }
  if (piece.rows > 0) yield piece;
}
