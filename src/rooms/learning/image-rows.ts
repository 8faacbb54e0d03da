import {
  checkedHeader,
  DecoderPool,
  ImageFault,
  type ImageSize,
  pixelLimits,
} from "../../kernel/images/index.js";
import type { JsonRow } from "./cell.js";
import { imageCell, imageWidth } from "./encoding/index.js";
import { checkRows, refuse, rowLimits } from "./rows.js";

/** The column of a row that holds an image, and the size in which the model sees it. */
export interface ImageInput extends ImageSize {
  column: string;
}

/** A thread takes up to a gigabyte for the largest image there may be, so there are few. */
const decoding = { threads: 2, deadlineMs: 20_000, heapMegabytes: 1_024 };

const dataUrl = /^data:image\/(?:png|jpeg);base64,/;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The bytes of a PNG or JPEG whose header is within the limits, and how many pixels it has. Throws ImageFault. */
function fileOf(value: unknown): { bytes: Buffer; pixels: number } {
  if (typeof value !== "string")
    throw new ImageFault("is missing. Send the base64 or the data URL of a PNG or JPEG.");
  const text = value.slice(dataUrl.exec(value)?.[0].length ?? 0);
  if (!base64.test(text))
    throw new ImageFault("is neither base64 nor a data URL of image/png or image/jpeg.");
  const bytes = Buffer.from(text, "base64");
  const { width, height } = checkedHeader(bytes, pixelLimits);
  return { bytes, pixels: width * height };
}

type Outcome<T> = { value: T } | { fault: string };

async function attempt<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof ImageFault) return { fault: `The image ${error.message}` };
    throw error;
  }
}

/** The values of all, or a refusal that names the place of each that has none. */
function allOf<T>(outcomes: readonly Outcome<T>[], column: string): T[] {
  refuse(
    outcomes.flatMap((outcome, row) =>
      "fault" in outcome ? [{ path: `rows.${row}.${column}`, message: outcome.fault }] : [],
    ),
  );
  return outcomes.flatMap((outcome) => ("value" in outcome ? [outcome.value] : []));
}

/** Turns the images of a request into the cells that an image model reads, decoding them in threads. */
export class ImageRows {
  readonly #decoders = new DecoderPool(decoding);

  /**
   * The rows with pixels in place of files. Every header is looked at before anything is decoded, and all images of a
   * request together may have the pixels of the largest single one: a kilobyte of PNG can hold a million.
   *
   * @throws BAD_USER_INPUT with paths such as `rows.3.image`, UNAVAILABLE once closed
   */
  async decoded(rows: unknown, input: ImageInput): Promise<JsonRow[]> {
    const { column, width, height, channels } = input;
    const list = checkRows(rows, rowLimits.requestBytes);
    const valueOf = (row: JsonRow): unknown => (Object.hasOwn(row, column) ? row[column] : undefined);
    const files = allOf(await Promise.all(list.map((row) => attempt(() => fileOf(valueOf(row))))), column);
    const pixels = files.reduce((sum, file) => sum + file.pixels, 0);
    if (pixels > pixelLimits.pixels || list.length * imageWidth(input) > rowLimits.requestBytes)
      refuse([{ path: "rows", message: "The images are too large together; send fewer in one request." }]);
    const wanted = { kind: "pixels", width, height, channels } as const;
    const decode = async (bytes: Buffer): Promise<string> => {
      const decoded = await this.#decoders.decode(bytes, wanted, pixelLimits);
      return imageCell(decoded.pixels ?? new Uint8Array());
    };
    const cells = await Promise.all(files.map(({ bytes }) => attempt(() => decode(bytes))));
    return allOf(cells, column).map((cell, row) => ({ ...list[row], [column]: cell }));
  }

  close(): Promise<void> {
    return this.#decoders.close();
  }
}
