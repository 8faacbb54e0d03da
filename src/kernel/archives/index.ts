/**
 * Zip archives of strangers, read file by file. Invariants: every size is refused by a header before memory is taken for
 * it; a name never leads out of the archive; what is wrong is told in the opener's own errors.
 */
export { Archive, type ArchiveFile } from "./archive.js";
export type { ArchiveLimits } from "./limits.js";
export { PieceReader, type ReadPiece } from "./random-access.js";
export { type ArchiveRefusals, shown } from "./refusals.js";
