import {
  Archive,
  type ArchiveLimits,
  type ArchiveRefusals,
  PieceReader,
  shown,
} from "../../../kernel/archives/index.js";
import type { TenfoldErrorClass } from "../../../kernel/errors.js";
import { ModelFileInvalid, ModelFileTooLarge, ModelFileUnsafe } from "./errors.js";
import { importLimits } from "./limits.js";

const refusing =
  (kind: TenfoldErrorClass): ArchiveRefusals["invalid"] =>
  (message, file, details = {}) =>
    new kind(file === null ? message : `${shown(file)} ${message}`, {
      ...details,
      ...(file !== null && { file: file.slice(0, 512) }),
    });

const refusals: ArchiveRefusals = {
  invalid: refusing(ModelFileInvalid),
  unsafe: refusing(ModelFileUnsafe),
  tooLarge: refusing(ModelFileTooLarge),
  duplicate: refusing(ModelFileInvalid),
};

const limits: ArchiveLimits = {
  entries: importLimits.files,
  entryBytes: importLimits.bytes,
  totalBytes: importLimits.bytes,
  // A network of zeros shrinks to nearly nothing; the bytes together bound it all the same.
  ratio: 1_100,
  nameLength: 512,
};

/** The files of one folder of an archive: that of the file called `main`. */
export class ModelFolder {
  private constructor(
    private readonly archive: Archive,
    private readonly folder: string,
  ) {}

  /** @throws MODEL_FILE_INVALID, MODEL_FILE_UNSAFE, MODEL_FILE_TOO_LARGE */
  static async open(bytes: Uint8Array, main: string): Promise<ModelFolder> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader = new PieceReader(buffer.length, Math.max(1, buffer.length), () => Promise.resolve(buffer));
    const archive = await Archive.open(reader, limits, refusals);
    const [found, ...others] = archive.files.filter(({ path }) => path.split("/").at(-1) === main);
    if (!found || others.length > 0)
      throw new ModelFileInvalid(
        `The archive holds ${found ? "more than one" : "no"} ${main}. Pack one model.`,
      );
    return new ModelFolder(archive, found.path.slice(0, found.path.length - main.length));
  }

  /** The bytes of a file beside the main one, or null. */
  async read(name: string, mostBytes: number): Promise<Buffer | null> {
    const file = this.archive.files.find(({ path }) => path === this.folder + name);
    if (!file) return null;
    if (file.entry.uncompressedSize > mostBytes)
      throw new ModelFileTooLarge(`${shown(name)} is larger than ${mostBytes} bytes. Send a smaller model.`);
    return this.archive.read(file);
  }
}
