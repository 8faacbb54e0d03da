import type { TenfoldErrorClass } from "../../../kernel/errors.js";
import { ImageFault, ImageTooLarge } from "../../../kernel/images/index.js";
import { atPlace, DatasetImageInvalid, DatasetImageTooLarge } from "../dataset.errors.js";

/** A path as a message may show it: short, and without characters that move the cursor. */
export const shown = (file: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is replaced.
  JSON.stringify(file.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "?").slice(0, 120));

/** An error about one file of an archive; `extensions.file` names it. */
export const aboutFile = (
  kind: TenfoldErrorClass,
  file: string,
  message: string,
  details: object = {},
): Error => atPlace(kind, `${shown(file)} ${message}`, { file: file.slice(0, 512), ...details });

/** What decoding a file threw, as its sender may see it: a fault of the image names the file. */
export const refusalOf = (error: unknown, file: string): unknown =>
  error instanceof ImageFault
    ? aboutFile(
        error instanceof ImageTooLarge ? DatasetImageTooLarge : DatasetImageInvalid,
        file,
        error.message,
      )
    : error;
