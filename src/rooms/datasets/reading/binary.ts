import { atPlace, DatasetBinary, DatasetEncoding } from "../dataset.errors.js";

// First bytes, as file(1) and the formats' specifications give them. Plain letters alone would also open a
// CSV header (PAR1, BZh), so those carry the binary bytes that follow.
const signatures: [start: Buffer, format: string][] = [
  [Buffer.from("1f8b", "hex"), "gzip"],
  [Buffer.from("PAR1\x15", "latin1"), "Parquet"],
  [Buffer.from("%PDF-", "latin1"), "PDF"],
  [Buffer.from("d0cf11e0a1b11ae1", "hex"), "an old Excel or Word file (xls, doc)"],
  [Buffer.from("ARROW1\0\0", "latin1"), "Arrow or Feather"],
  [Buffer.from("SQLite format 3\0", "latin1"), "SQLite"],
  [Buffer.from("\x89HDF\r\n", "latin1"), "HDF5"],
  [Buffer.from("\x93NUMPY", "latin1"), "NumPy"],
  [Buffer.from("Obj\x01", "latin1"), "Avro"],
  [Buffer.from("\x89PNG\r\n", "latin1"), "PNG"],
  [Buffer.from("ffd8ff", "hex"), "JPEG"],
  [Buffer.from("28b52ffd", "hex"), "Zstandard"],
  [Buffer.from("fd377a585a00", "hex"), "xz"],
  [Buffer.from("377abcaf271c", "hex"), "7-Zip"],
  [Buffer.from("BZh91AY&SY", "latin1"), "bzip2"],
];

const startsWith = (block: Buffer, start: Buffer) => block.subarray(0, start.length).equals(start);

function formatOf(block: Buffer): string | null {
  if (startsWith(block, Buffer.from("PK\x03\x04", "latin1"))) return zipKind(block);
  return signatures.find(([start]) => startsWith(block, start))?.[1] ?? null;
}

// Office files are zip archives; people send them believing they are tables, so the name they know is worth finding.
const zipKind = (block: Buffer): string =>
  block.includes("xl/") || block.includes("[Content_Types].xml") ? "an Excel workbook (xlsx)" : "zip";

/** Latin letters in UTF-16 are a NUL in every second byte. */
function looksLikeUtf16(block: Buffer): boolean {
  let [even, odd] = [0, 0];
  const sample = block.subarray(0, 1024);
  sample.forEach((byte, index) => {
    if (byte === 0 && index % 2 === 0) even++;
    else if (byte === 0) odd++;
  });
  return Math.max(even, odd) > sample.length * 0.4 && Math.min(even, odd) < sample.length * 0.1;
}

/**
 * Refuses a file that opens like a known binary format.
 *
 * @throws DATASET_BINARY naming the format; DATASET_ENCODING for UTF-16 without a byte-order mark.
 */
export function refuseBinary(first: Buffer): void {
  const format = formatOf(first);
  if (format) {
    const message = `The file looks like ${format}, not like text. Export the table as CSV or TSV and send that.`;
    throw atPlace(DatasetBinary, message, { format });
  }
  if (!looksLikeUtf16(first)) return;
  throw atPlace(
    DatasetEncoding,
    "The text looks like UTF-16 without a byte-order mark. Save the file as UTF-8 and send it again.",
    { row: 1 },
  );
}

/** NUL is in no text; a program that stops at it would read another table than we do. */
export function nulByte(row: number): Error {
  const message = `The file holds a NUL byte in line ${row}, so it is not text. Export the table as CSV or TSV.`;
  return atPlace(DatasetBinary, message, { row });
}
