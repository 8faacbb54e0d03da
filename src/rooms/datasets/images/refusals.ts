import { type ArchiveRefusals, shown } from "../../../kernel/archives/index.js";
import type { TenfoldErrorClass } from "../../../kernel/errors.js";
import { hiddenCharacters } from "../../../kernel/visible-text.js";
import { ImageFault, ImageTooLarge } from "../../../kernel/images/index.js";
import {
  atPlace,
  DatasetArchiveInvalid,
  DatasetArchiveTooLarge,
  DatasetArchiveUnsafe,
  DatasetDuplicateFile,
  DatasetImageInvalid,
  DatasetImageTooLarge,
} from "../dataset.errors.js";

/** An error about one file of an archive; `extensions.file` names it. */
export const aboutFile = (
  kind: TenfoldErrorClass,
  file: string,
  message: string,
  details: object = {},
): Error =>
  atPlace(kind, `${shown(file)} ${message}`, {
    file: file.replaceAll(hiddenCharacters, "?").slice(0, 512),
    ...details,
  });

/** What decoding a file threw, as its sender may see it: a fault of the image names the file. */
export const refusalOf = (error: unknown, file: string): unknown =>
  error instanceof ImageFault
    ? aboutFile(
        error instanceof ImageTooLarge ? DatasetImageTooLarge : DatasetImageInvalid,
        file,
        error.message,
      )
    : error;

const refusing =
  (kind: TenfoldErrorClass): ArchiveRefusals["invalid"] =>
  (message, file, details) =>
    file === null ? atPlace(kind, message) : aboutFile(kind, file, message, details);

/** How an archive of images is refused. */
export const archiveRefusals: ArchiveRefusals = {
  invalid: refusing(DatasetArchiveInvalid),
  unsafe: refusing(DatasetArchiveUnsafe),
  tooLarge: refusing(DatasetArchiveTooLarge),
  duplicate: refusing(DatasetDuplicateFile),
};
