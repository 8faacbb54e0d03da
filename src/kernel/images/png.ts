import { constants, crc32, inflateSync } from "node:zlib";
import { convertIndexedToRgb, decode, type DecodedPng } from "fast-png";
import { ImageFault, type ImageHeader, ImageTooLarge } from "./headers.js";
import { type Pixels, onWhite } from "./pixels.js";

/** Chunks that pixels come from. The others may unpack to anything, and the decoder would. */
const needed = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** The decoder holds pixels several times over, and kilobytes of zeros are megabytes of them. */
const mostRawBytes = 72 * 2 ** 20;

interface Chunk {
  type: string;
  data: Buffer;
  whole: Buffer;
}

/** The chunks of a PNG with their sums checked; throws ImageFault where one is cut off or altered. */
function* chunksOf(bytes: Buffer): Generator<Chunk> {
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw new ImageFault("is cut off: the PNG has no end.");
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new ImageFault("is cut off: a chunk of the PNG is incomplete.");
    const whole = bytes.subarray(at, end);
    if (crc32(whole.subarray(4, -4)) !== whole.readUInt32BE(whole.length - 4))
      throw new ImageFault("is damaged: a checksum of the PNG is wrong.");
    const type = whole.toString("latin1", 4, 8);
    yield { type, data: whole.subarray(8, -4), whole };
    if (type === "IEND") return;
    at = end;
  }
}

const samples: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Adam7 (ISO/IEC 15948, 8.2): first column and row of each pass, and the steps between. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const oneLineAfterAnother = [[0, 0, 1, 1]] as const;

/** Bytes of the pixels before they are compressed: the lines of each pass, one byte of filter before each. */
function rawBytes(bytes: Buffer, { width, height }: ImageHeader): number {
  const bits = (bytes[24] ?? 8) * (samples[bytes[25] ?? 0] ?? 4);
  return (isInterlaced(bytes) ? passes : oneLineAfterAnother).reduce((sum, [column, row, across, down]) => {
    const [wide, high] = [Math.ceil((width - column) / across), Math.ceil((height - row) / down)];
    return wide > 0 && high > 0 ? sum + (Math.ceil((wide * bits) / 8) + 1) * high : sum;
  }, 0);
}

const isInterlaced = (bytes: Buffer): boolean => bytes[28] === 1;

/**
 * Decodes a PNG to 8 bits a sample. Its pixels are inflated with a bound first: the decoder has none, and a kilobyte of
 * zeros unpacks to a thousand.
 */
export function decodePng(bytes: Buffer, header: ImageHeader): Pixels {
  // The decoder would take such passes for whole bytes, and give noise without a word.
  if (isInterlaced(bytes) && (bytes[24] ?? 0) < 8)
    throw new ImageFault(
      "is an interlaced PNG of fewer than 8 bits, which can't be read. Save it without interlacing.",
    );
  const chunks = [...chunksOf(bytes)];
  const data = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map((chunk) => chunk.data));
  const raw = rawBytes(bytes, header);
  if (raw > mostRawBytes)
    throw new ImageTooLarge("has too many pixels for 16 bits a colour. Send it smaller, or with 8 bits.");
  try {
    const inflated = inflateSync(data, { maxOutputLength: raw, finishFlush: constants.Z_FINISH });
    if (inflated.length < raw) throw new Error("short");
  } catch {
    throw new ImageFault("is damaged: its pixels are not what the PNG's size says.");
  }
  const plain = Buffer.concat([
    bytes.subarray(0, 8),
    ...chunks.filter(({ type }) => needed.has(type)).map(({ whole }) => whole),
  ]);
  // A copy of its own: the decoder reads from the buffer under the view.
  return pixelsOf(decode(new Uint8Array(plain)), header);
}

function pixelsOf(png: DecodedPng, { width, height, mode }: ImageHeader): Pixels {
  if (mode === "PALETTE") {
    const colours = convertIndexedToRgb(png);
    return onWhite({ width, height, channels: colours.length / (width * height), pixels: colours });
  }
  const channels = png.channels;
  const { data, depth } = png;
  if (depth < 8) return { width, height, channels: 1, pixels: unpacked(data, width, height, depth) };
  const pixels = eightBits(data, depth === 16 ? 8 : 0);
  return onWhite({ width, height, channels, pixels });
}

/** In a plain loop: `from` with a function makes a list of all values first, at many times their size. */
function eightBits(data: ArrayLike<number>, shift: number): Uint8Array {
  const pixels = new Uint8Array(data.length);
  for (let at = 0; at < pixels.length; at++) pixels[at] = (data[at] ?? 0) >> shift;
  return pixels;
}

/** Brightness of 1, 2 or 4 bits, several to a byte and each line begun anew, stretched to 8 bits. */
function unpacked(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const line = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = data[y * line + Math.floor((x * depth) / 8)] ?? 0;
      pixels[y * width + x] = (((byte >> (8 - depth - ((x * depth) % 8))) & most) * 255) / most;
    }
  return pixels;
}
