import type { TenfoldErrorClass } from "../../../kernel/errors.js";
import { hiddenCharacters } from "../../../kernel/visible-text.js";
import { ImageFault, ImageTooLarge } from "../../../kernel/images/index.js";
import { atPlace, DatasetImageInvalid, DatasetImageTooLarge } from "../dataset.errors.js";

/** A path as a message may show it: short, and without characters that move the cursor or turn the text around. */
export const shown = (file: string): string =>
  JSON.stringify(file.replaceAll(hiddenCharacters, "?").slice(0, 120));

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
