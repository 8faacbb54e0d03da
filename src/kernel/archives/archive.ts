import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { setImmediate as immediate } from "node:timers/promises";
import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from "yauzl";
import { TenfoldError } from "../errors.js";
import { checkKind, isBeside, pathOf, SizeCheck } from "./entry-check.js";
import type { ArchiveLimits } from "./limits.js";
import type { PieceReader } from "./random-access.js";
import type { ArchiveRefusals } from "./refusals.js";

const inflate = promisify(inflateRaw);
const deflated = 8;

/** One file of an archive, not yet read. */
export interface ArchiveFile {
  /** Path with `/`. */
  path: string;
  entry: Entry;
}

/** A zip archive (PKWARE APPNOTE) whose list of contents was read and checked; files are read one by one. */
export class Archive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly reader: PieceReader,
    private readonly refusals: ArchiveRefusals,
    /** In the archive's order, without folders and what systems put there. */
    readonly files: readonly ArchiveFile[],
  ) {}

  /** Throws one of the refusals. */
  static async open(reader: PieceReader, limits: ArchiveLimits, refusals: ArchiveRefusals): Promise<Archive> {
    try {
      const options = { lazyEntries: true, decodeStrings: false, autoClose: false, strictFileNames: true };
      const zip = await fromRandomAccessReaderPromise(reader, reader.sizeBytes, options);
      return new Archive(zip, reader, refusals, await filesOf(zip, limits, refusals, reader.sizeBytes));
    } catch (error) {
      throw refusalOf(error, reader, refusals);
    }
  }

  /**
   * The bytes of a file, inflated off the main thread to no more than its entry says, and checked against its CRC-32.
   * Throws `invalid` where it is not as its entry says.
   */
  async read({ path, entry }: ArchiveFile): Promise<Buffer> {
    try {
      const { fileDataStart } = await this.zip.readLocalFileHeaderPromise(entry, { minimal: true });
      const packed = await this.reader.bytes(fileDataStart, entry.compressedSize);
      const plain =
        entry.compressionMethod === deflated && entry.compressedSize > 0
          ? await inflate(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) })
          : packed;
      if (plain.length !== entry.uncompressedSize || crc32(plain) !== entry.crc32) throw new Error("changed");
      return plain;
    } catch (error) {
      if (this.reader.failure !== null) throw this.reader.failure;
      if (error instanceof TenfoldError) throw error;
      throw this.refusals.invalid("can't be unpacked: it is damaged. Pack the archive again.", path);
    }
  }
}

async function filesOf(
  zip: ZipFile,
  limits: ArchiveLimits,
  { unsafe, tooLarge, duplicate }: ArchiveRefusals,
  archiveBytes: number,
): Promise<ArchiveFile[]> {
  const sizes = new SizeCheck(limits, archiveBytes, tooLarge);
  const names = new Set<string>();
  const files: ArchiveFile[] = [];
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    if (++count % 64 === 0) await immediate();
    const path = pathOf(entry, limits, unsafe);
    sizes.add(entry, path);
    if (isBeside(path)) continue;
    checkKind(entry, path, unsafe);
    if (names.size === names.add(path).size)
      throw duplicate("is in the archive twice. Leave one of them out.", path);
    files.push({ path, entry });
  }
  return files;
}

/** What is thrown while a list of contents is read is the archive's fault, unless the storage under it failed. */
const refusalOf = (error: unknown, { failure }: PieceReader, { invalid }: ArchiveRefusals): unknown =>
  failure ??
  (error instanceof TenfoldError
    ? error
    : invalid(
        "The file is no zip archive, or it is cut off. Pack the files as a plain zip and send that.",
        null,
      ));
