import type { ImageProfile } from "./images/index.js";
import { type Copied, SealedCopy, type SealPiece } from "./sealed-copy.js";
import { profileTable, type ReadOptions, readTable, type TableProfile } from "./reading/index.js";

/** A file that was read to its end and found good, ready to be stored. */
export interface Intake extends Copied {
  profile: TableProfile;
  /** Of an archive of images; null for a table. */
  images: ImageProfile | null;
}

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
  const copy = new SealedCopy(seal);
  const profile = await profileTable(await readTable(copy.passing(source), options));
  return { profile, images: null, ...(await copy.finish()) };
}
