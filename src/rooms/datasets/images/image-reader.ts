import { Archive, type PieceReader } from "../../../kernel/archives/index.js";
import type { Decoded, DecoderPool, Wanted } from "../../../kernel/images/index.js";
import { DatasetArchiveTooLarge, DatasetImageInvalid } from "../dataset.errors.js";
import { inFull } from "../reading/limits.js";
import { type LabelledFile, labelledFiles } from "./labels.js";
import type { ImageLimits } from "./limits.js";
import { aboutFile, archiveRefusals, refusalOf } from "./refusals.js";

/** An image that was read and decoded, in the archive's order. */
export interface ReadImage extends Decoded {
  file: string;
  label: string;
}

/** Images of one caller on the way to the threads: enough to keep them busy, few enough to bound the memory. */
const ahead = 4;

const extensions: Record<Decoded["type"], RegExp> = { PNG: /\.png$/i, JPEG: /\.jpe?g$/i };

/**
 * Reads the images of an archive one after the other; at most four files are in memory beside the pieces they come from.
 *
 * @throws what `Archive.open` and `labelledFiles` throw, before the first image; DATASET_IMAGE_INVALID,
 * DATASET_IMAGE_TOO_LARGE, DATASET_ARCHIVE_TOO_LARGE (pixels together), the signal's reason.
 */
export async function* readImages(
  reader: PieceReader,
  decoders: DecoderPool,
  wanted: Wanted,
  limits: ImageLimits,
  signal?: AbortSignal,
): AsyncGenerator<ReadImage> {
  const archive = await Archive.open(reader, limits, archiveRefusals);
  const files = await labelledFiles(archive, limits);
  let pixels = 0;
  const one = async (file: LabelledFile): Promise<ReadImage> => {
    const { side, pixels: most } = limits;
    const decoded = await decoders
      .decode(await archive.read(file), wanted, { side, pixels: most })
      .catch((error: unknown) => Promise.reject(refusalOf(error, file.path)));
    if (!extensions[decoded.type].test(file.path))
      throw aboutFile(DatasetImageInvalid, file.path, `is a ${decoded.type} by its content. Name it so.`);
    return { ...decoded, file: file.path, label: file.label };
  };
  for await (const image of inOrder(files, one, signal)) {
    pixels += image.width * image.height;
    if (pixels > limits.totalPixels)
      throw aboutFile(
        DatasetArchiveTooLarge,
        image.file,
        `and those before it have more than ${inFull(limits.totalPixels)} pixels. Send smaller images.`,
      );
    yield image;
  }
}

/** Works ahead by a few and answers in order; an error comes at its place, and nothing is left unheard after it. */
async function* inOrder<From, To>(
  items: readonly From[],
  work: (item: From) => Promise<To>,
  signal: AbortSignal | undefined,
): AsyncGenerator<To> {
  const under: Promise<To>[] = [];
  const settle = async (): Promise<void> => void (await Promise.allSettled(under));
  try {
    for (let next = 0; next < items.length || under.length > 0; ) {
      signal?.throwIfAborted();
      while (under.length < ahead && next < items.length) {
        const begun = work(items[next++] as From);
        // Heard of in its turn; until then it must not count as an error nobody hears.
        begun.catch(() => undefined);
        under.push(begun);
      }
      const first = under.shift();
      if (first) yield await first;
    }
  } finally {
    await settle();
  }
}
