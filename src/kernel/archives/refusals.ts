import { hiddenCharacters } from "../visible-text.js";

/** An error about an archive, or about one file of it; the sentence begins with the file's name where there is one. */
export type Refuse = (message: string, file: string | null, details?: object) => Error;

/** What an archive is refused with; whoever opens one words and numbers its own errors. */
export interface ArchiveRefusals {
  /** Damaged, cut off, or no archive at all. */
  invalid: Refuse;
  /** Something else than plain files, or a name that leads out of the archive. */
  unsafe: Refuse;
  /** More than the limits allow. */
  tooLarge: Refuse;
  duplicate: Refuse;
}

/** A path as a message may show it: short, and without characters that move the cursor or turn the text around. */
export const shown = (file: string): string =>
  JSON.stringify(file.replaceAll(hiddenCharacters, "?").slice(0, 120));
