import { crc32, deflateSync } from "node:zlib";
import { encode } from "fast-png";
import { type Zippable, zipSync } from "fflate";
import jpeg from "jpeg-js";

export type Paint = (x: number, y: number) => number[];

/** What is painted, pixel by pixel, written into `data`: a list of all would take seconds for a large picture. */
function painted<Data extends Uint8Array | Uint16Array>(width: number, data: Data, paint: Paint): Data {
  for (let pixel = 0, at = 0; at < data.length; pixel++)
    for (const sample of paint(pixel % width, Math.floor(pixel / width))) data[at++] = sample;
  return data;
}

/** A PNG whose channels are as many as the painter gives: 1 to 4. */
export function png(width: number, height: number, paint: Paint, depth: 8 | 16 = 8): Buffer {
  const channels = paint(0, 0).length;
  const length = width * height * channels;
  const data = painted(width, depth === 16 ? new Uint16Array(length) : new Uint8Array(length), paint);
  return Buffer.from(encode({ width, height, channels, depth, data }));
}

/** A JPEG of the painter's red, green and blue. */
export function jpg(width: number, height: number, paint: Paint, quality = 95): Buffer {
  const data = painted(width, Buffer.alloc(width * height * 4), (x, y) => [...paint(x, y), 255]);
  return Buffer.from(jpeg.encode({ width, height, data }, quality).data);
}

/** A picture of one brightness, different for each number. */
export const grey = (number: number, side = 8): Buffer =>
  png(side, side, (x, y) => [(number * 37 + x * 5 + y * 3) % 256]);

export const zip = (files: Zippable): Buffer => Buffer.from(zipSync(files));

/** Pictures in folders named by their labels: `cat/0.png`, `dog/1.png`, … */
export const folders = (count: number, labels = ["cat", "dog"], side = 8): Record<string, Buffer> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`${labels[at % labels.length]}/${at}.png`, grey(at, side)]),
  );

/** Where the record of a file's name begins in the list of contents (APPNOTE 4.3.12). */
export function recordOf(archive: Buffer, name: string): number {
  for (
    let at = archive.indexOf("504b0102", 0, "hex");
    at >= 0;
    at = archive.indexOf("504b0102", at + 4, "hex")
  )
    if (archive.toString("utf8", at + 46, at + 46 + archive.readUInt16LE(at + 28)) === name) return at;
  throw new Error(`There is no ${name} in the archive.`);
}

/** An archive with one file's record changed. */
export function altered(archive: Buffer, name: string, change: (record: Buffer) => void): Buffer {
  const copy = Buffer.from(archive);
  change(copy.subarray(recordOf(copy, name)));
  return copy;
}

export interface RawPng {
  width: number;
  height: number;
  depth: number;
  /** As in PNG: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  colour: number;
  palette?: number[];
  transparency?: number[];
  interlaced?: boolean;
  /** The lines before compression, each with its filter byte. */
  lines: Buffer;
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

/** A PNG chunk by chunk, also one that no encoder writes. */
export function rawPng({
  width,
  height,
  depth,
  colour,
  palette,
  transparency,
  interlaced,
  lines,
}: RawPng): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Buffer.from(palette))] : []),
    ...(transparency ? [chunk("tRNS", Buffer.from(transparency))] : []),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
