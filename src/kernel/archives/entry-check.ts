import { type Entry, getFileNameLowLevel, validateFileName } from "yauzl";
import { isPlainlySeen } from "../visible-text.js";
import { inBytes, inFull } from "../words.js";
import { type ArchiveLimits, ratioMattersFrom } from "./limits.js";
import type { Refuse } from "./refusals.js";

const kindMask = 0xf000;
const regular = 0x8000;
const folder = 0x4000;

/** Files that systems put into archives of their own accord. */
const ofTheSystem = /(?:^|\/)(?:__MACOSX\/.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i;
const archives = /\.(?:zip|7z|rar|tar|gz|tgz|bz2|xz|zst|jar)$/i;

/** An entry's path with `/`, checked. Throws `unsafe` for one that leads elsewhere. */
export function pathOf(entry: Entry, limits: ArchiveLimits, unsafe: Refuse): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const raw = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true).normalize("NFC");
  const refuse = (message: string): Error => unsafe(message, raw);
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
export function checkKind(entry: Entry, path: string, unsafe: Refuse): void {
  const kind = (entry.externalFileAttributes >>> 16) & kindMask;
  if (kind !== 0 && kind !== regular && kind !== folder)
    throw unsafe("is a link or a device and no file. Pack the file itself.", path);
  if (entry.isEncrypted()) throw unsafe("is encrypted. Pack the files without a password.", path);
  if (!entry.canDecodeFileData())
    throw unsafe("is compressed in another way than deflate. Pack it as plain zip.", path);
  if (archives.test(path)) throw unsafe("is an archive in the archive. Unpack it first.", path);
}

/** Adds up what an archive's entries say of themselves, and refuses it at the first that is too much. */
export class SizeCheck {
  #entries = 0;
  #inflated = 0;
  #compressed = 0;

  constructor(
    private readonly limits: ArchiveLimits,
    private readonly archiveBytes: number,
    private readonly tooLarge: Refuse,
  ) {}

  add({ compressedSize, uncompressedSize }: Entry, path: string): void {
    const { entries, entryBytes, totalBytes, ratio } = this.limits;
    const refuse = (message: string, limit: number): Error => this.tooLarge(message, path, { limit });
    this.#entries += 1;
    this.#inflated += uncompressedSize;
    this.#compressed += compressedSize;
    if (this.#entries > entries) throw refuse(`is one of more than ${inFull(entries)} entries.`, entries);
    // Packed it is held as well, and nothing else bounds an entry that says it unpacks to little.
    if (Math.max(uncompressedSize, compressedSize) > entryBytes)
      throw refuse(`is larger than ${inBytes(entryBytes)}. Make it smaller or leave it out.`, entryBytes);
    if (uncompressedSize > ratioMattersFrom && uncompressedSize > compressedSize * ratio)
      throw refuse(`grows more than ${ratio} times when unpacked, as no honest file does.`, ratio);
    if (this.#inflated > totalBytes)
      throw refuse(`and those before it are larger than ${inBytes(totalBytes)} unpacked.`, totalBytes);
    // Entries that share their bytes are how a small archive unpacks to a huge one.
    if (this.#compressed > this.archiveBytes)
      throw refuse("and those before it name more bytes than the archive has.", this.archiveBytes);
  }
}
