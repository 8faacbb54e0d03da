import { type Entry, getFileNameLowLevel, validateFileName } from "yauzl";
import { isPlainlySeen } from "../../../kernel/visible-text.js";
import { DatasetArchiveTooLarge, DatasetArchiveUnsafe } from "../dataset.errors.js";
import { inBytes, inFull } from "../reading/limits.js";
import { type ImageLimits, ratioMattersFrom } from "./limits.js";
import { aboutFile } from "./refusals.js";

const kindMask = 0xf000;
const regular = 0x8000;
const folder = 0x4000;

/** Files that systems put into archives of their own accord. */
const ofTheSystem = /(?:^|\/)(?:__MACOSX\/.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i;
const archives = /\.(?:zip|7z|rar|tar|gz|tgz|bz2|xz|zst|jar)$/i;

/** An entry's path with `/`, checked. Throws DATASET_ARCHIVE_UNSAFE for one that leads elsewhere. */
export function pathOf(entry: Entry, limits: ImageLimits): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const raw = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true).normalize("NFC");
  const refuse = (message: string): Error => aboutFile(DatasetArchiveUnsafe, raw, message);
  if (raw.length > limits.nameLength) throw refuse(`is a name of more than ${limits.nameLength} characters.`);
  if (validateFileName(raw) !== null)
    throw refuse("is a name that leads out of the archive. Pack the files again under plain names.");
  if (!isPlainlySeen(raw) || raw.includes("\ufffd"))
    throw refuse(
      "is a name with characters that can't be seen, or that turn the text around. Rename the file without them.",
    );
  const parts = raw.split("/").filter((part) => part !== ".");
  if (parts.slice(0, -1).includes("") || parts.length === 0) throw refuse("is a name with an empty part.");
  return parts.join("/");
}

/** Whether an entry is a folder or a file that its system put there: neither is data. */
export const isBeside = (path: string): boolean =>
  path === "" || path.endsWith("/") || ofTheSystem.test(path);

/** Refuses what is no plain file, before a byte of it is read. */
export function checkKind(entry: Entry, path: string): void {
  const kind = (entry.externalFileAttributes >>> 16) & kindMask;
  if (kind !== 0 && kind !== regular && kind !== folder)
    throw aboutFile(DatasetArchiveUnsafe, path, "is a link or a device and no file. Pack the file itself.");
  if (entry.isEncrypted())
    throw aboutFile(DatasetArchiveUnsafe, path, "is encrypted. Pack the files without a password.");
  if (!entry.canDecodeFileData())
    throw aboutFile(
      DatasetArchiveUnsafe,
      path,
      "is compressed in another way than deflate. Pack it as plain zip.",
    );
  if (archives.test(path))
    throw aboutFile(DatasetArchiveUnsafe, path, "is an archive in the archive. Unpack it first.");
}

/** Adds up what an archive's entries say of themselves, and refuses it at the first that is too much. */
export class SizeCheck {
  #entries = 0;
  #inflated = 0;
  #compressed = 0;

  constructor(
    private readonly limits: ImageLimits,
    private readonly archiveBytes: number,
  ) {}

  add({ compressedSize, uncompressedSize }: Entry, path: string): void {
    const { entries, entryBytes, totalBytes, ratio } = this.limits;
    const refuse = (message: string, limit: number): Error =>
      aboutFile(DatasetArchiveTooLarge, path, message, { limit });
    this.#entries += 1;
    this.#inflated += uncompressedSize;
    this.#compressed += compressedSize;
    if (this.#entries > entries) throw refuse(`is one of more than ${inFull(entries)} entries.`, entries);
    // Packed it is held as well, and nothing else bounds an entry that says it unpacks to little.
    if (Math.max(uncompressedSize, compressedSize) > entryBytes)
      throw refuse(`is larger than ${inBytes(entryBytes)}.`, entryBytes);
    if (uncompressedSize > ratioMattersFrom && uncompressedSize > compressedSize * ratio)
      throw refuse(`grows more than ${ratio} times when unpacked, as no image does.`, ratio);
    if (this.#inflated > totalBytes)
      throw refuse(`and those before it are larger than ${inBytes(totalBytes)} unpacked.`, totalBytes);
    // Entries that share their bytes are how a small archive unpacks to a huge one.
    if (this.#compressed > this.archiveBytes)
      throw refuse("and those before it name more bytes than the archive has.", this.archiveBytes);
  }
}
