import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { atPlace, DatasetEncoding } from "../dataset.errors.js";
import { refuseBinary } from "./binary.js";

const marks: [bytes: number[], encoding: "utf-8" | "utf-16le" | "utf-16be"][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

const markOf = (block: Buffer) =>
  marks.find(([bytes]) => bytes.every((byte, index) => block[index] === byte));

/**
 * The same text as UTF-8 without byte-order mark. UTF-8 passes through unchecked (see `refuseInvalid`);
 * UTF-16 with a byte-order mark is transcoded.
 *
 * @throws DATASET_BINARY for a known binary format; DATASET_ENCODING for broken UTF-16.
 */
export async function* utf8BlocksOf(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let transcoder: Transcoder | null = null;
  let first = true;
  for await (const block of blocks) {
    let bytes = block;
    if (first) {
      const mark = markOf(block);
      if (!mark) refuseBinary(block);
      bytes = block.subarray(mark?.[0].length ?? 0);
      if (mark && mark[1] !== "utf-8") transcoder = new Transcoder(mark[1]);
      first = false;
    }
    yield transcoder ? transcoder.decode(bytes, true) : bytes;
  }
  if (transcoder) yield transcoder.decode(Buffer.alloc(0), false);
}

class Transcoder {
  private readonly decoder: TextDecoder;
  private lines = 1;

  constructor(encoding: string) {
    this.decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  decode(bytes: Buffer, more: boolean): Buffer {
    try {
      const text = Buffer.from(this.decoder.decode(bytes, { stream: more }));
      this.lines += lineBreaksIn(text);
      return text;
    } catch {
      const message = `The text is broken UTF-16 in line ${this.lines} or after. Save the file as UTF-8 and send it again.`;
      throw atPlace(DatasetEncoding, message, { row: this.lines });
    }
  }
}

/**
 * Checks whole rows: a row's end is never inside a character, so no state is carried from block to block.
 *
 * @param row line number of the first of the bytes.
 * @throws DATASET_ENCODING with the line and the byte that is not UTF-8.
 */
export function refuseInvalid(bytes: Buffer, row: number): void {
  if (isUtf8(bytes)) return;
  const offset = validPrefix(bytes);
  const line = row + lineBreaksIn(bytes.subarray(0, offset));
  const byte = bytes[offset] ?? 0;
  const hexadecimal = `0x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  const reading = new TextDecoder("windows-1252").decode(bytes.subarray(offset, offset + 1));
  const message =
    `Line ${line} holds the byte ${hexadecimal}, which is not UTF-8. Perhaps the text is Latin-1 or Windows-1252, ` +
    `where it reads “${reading}”. Save the file as UTF-8 (Excel: “CSV UTF-8”) and send it again.`;
  throw atPlace(DatasetEncoding, message, { row: line, byte: hexadecimal });
}

/** Length of the longest prefix that decodes; a decoder says that it failed but not where, hence the bisection. */
function validPrefix(bytes: Buffer): number {
  let [valid, invalid] = [0, bytes.length + 1];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodes(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return startOfCharacter(bytes, valid);
}

function decodes(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Latin-1 `é` before `a` fails at the `a`; the byte to name is the one that began the sequence. */
function startOfCharacter(bytes: Buffer, offset: number): number {
  const back = [0, 1, 2, 3].find((count) => isUtf8(bytes.subarray(0, offset - count)));
  return offset - (back ?? 0);
}

/** Line breaks as an editor counts them: CR LF is one. */
export function lineBreaksIn(text: Buffer): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === 0x0a || (text[at] === 0x0d && text[at + 1] !== 0x0a)) count++;
  }
  return count;
}
