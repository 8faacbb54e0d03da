import { PieceReader } from "../../kernel/archives/index.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { DecoderPool, Wanted } from "../../kernel/images/index.js";
import { openingOf, sealingFor, storedPiece } from "./dataset-files.js";
import type { Dataset } from "./dataset.entity.js";
import { atPlace, DatasetArchiveInvalid } from "./dataset.errors.js";
import { type ImageLimits, imageLimits, ImageProfiler, type ReadImage, readImages } from "./images/index.js";
import type { Intake } from "./intake.js";
import { pieceBytes } from "./packing.js";
import { blocksOf } from "./reading/blocks.js";
import { SealedCopy } from "./sealed-copy.js";

/** Local file header, or the end record of an archive that is empty (APPNOTE 4.3.7, 4.3.16). */
const beginnings = ["504b0304", "504b0506"];

/** The images of a READY dataset, opened piece by piece as they are taken. */
export const storedImages = (
  tenant: TenantScope,
  dataset: Dataset,
  decoders: DecoderPool,
  wanted: Wanted,
  signal?: AbortSignal,
): AsyncGenerator<ReadImage> => {
  const reader = new PieceReader(dataset.sizeBytes ?? 0, pieceBytes, (position) =>
    storedPiece(tenant, dataset, position),
  );
  return readImages(reader, decoders, wanted, imageLimits, signal);
};

interface ImageIntakeOptions {
  /** Bytes of the archive at most. */
  bytes: number;
  signal?: AbortSignal;
  limits?: ImageLimits;
}

/**
 * Takes an archive in as sealed pieces, then reads it from them: its list of contents comes last. Nothing of it is ever
 * whole in the clear, and nothing stored before its last image was decoded.
 *
 * @throws DATASET_TOO_LARGE and what `readImages` throws.
 */
export async function takeInImages(
  source: AsyncIterable<Uint8Array>,
  { tenant, dataset }: { tenant: TenantScope; dataset: Dataset },
  decoders: DecoderPool,
  { bytes, signal, limits = imageLimits }: ImageIntakeOptions,
): Promise<Intake> {
  const copy = new SealedCopy(sealingFor(tenant, dataset.id));
  let blocks = 0;
  for await (const block of copy.passing(blocksOf(source, bytes, signal)))
    if (blocks++ === 0) checkBeginning(block);
  const copied = await copy.finish();
  const reader = new PieceReader(copied.sizeBytes, pieceBytes, openingOf(tenant, dataset.id, copied.pieces));
  const profiler = new ImageProfiler();
  for await (const image of readImages(reader, decoders, { kind: "facts" }, limits, signal))
    profiler.add(image);
  const { table, images } = profiler.profile();
  return { profile: table, images, ...copied };
}

/** Before the rest is taken in: a photograph or a folder sent in place of an archive is refused at once. */
function checkBeginning(block: Uint8Array): void {
  if (beginnings.includes(Buffer.from(block.subarray(0, 4)).toString("hex"))) return;
  throw atPlace(
    DatasetArchiveInvalid,
    "The file is no zip archive. Pack the images as a plain zip and send that.",
  );
}
