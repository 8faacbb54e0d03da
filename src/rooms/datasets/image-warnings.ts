import { badInput } from "../../kernel/errors.js";
import { type DatasetWarning, WarningCode } from "./analysis/index.js";
import type { ImageProfile } from "./images/index.js";

const warning = (code: DatasetWarning["code"], rows: number, message: string): DatasetWarning[] =>
  rows > 0 ? [{ code, column: null, rows, message: `${rows.toLocaleString("en")} ${message}` }] : [];

/** What would mislead a training on images: the same picture twice. Throws BAD_USER_INPUT for a target but the label. */
export function imageWarnings(images: ImageProfile, target: string): DatasetWarning[] {
  if (target !== "label") throw badInput("target", 'The target of images is their "label".');
  const { duplicates, duplicatesAcrossSplit, conflictingLabels } = images;
  return [
    ...warning(
      WarningCode.DUPLICATE_IMAGES,
      duplicates,
      "images are there more than once, byte by byte. Leave them out.",
    ),
    ...warning(
      WarningCode.DUPLICATES_ACROSS_SPLIT,
      duplicatesAcrossSplit,
      "images repeat one of the other part of the default split, so the test knows what the training saw.",
    ),
    ...warning(
      WarningCode.CONFLICTING_LABELS,
      conflictingLabels,
      "images are there twice with different labels. Decide on one.",
    ),
  ];
}
