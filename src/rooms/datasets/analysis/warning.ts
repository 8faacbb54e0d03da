export const WarningCode = {
  REPEATS_TARGET: "REPEATS_TARGET",
  DETERMINES_TARGET: "DETERMINES_TARGET",
  REPEATS_COLUMN: "REPEATS_COLUMN",
  CONSTANT_COLUMN: "CONSTANT_COLUMN",
  NEARLY_UNIQUE: "NEARLY_UNIQUE",
  NOT_ALL_NUMBERS: "NOT_ALL_NUMBERS",
  DUPLICATE_ROWS: "DUPLICATE_ROWS",
  DUPLICATES_ACROSS_SPLIT: "DUPLICATES_ACROSS_SPLIT",
  DUPLICATE_IMAGES: "DUPLICATE_IMAGES",
  CONFLICTING_LABELS: "CONFLICTING_LABELS",
} as const;
export type WarningCode = keyof typeof WarningCode;

/** Something about a dataset that makes a model look better than it is, or that teaches it nothing. */
export interface DatasetWarning {
  code: WarningCode;
  /** The column concerned; null where it concerns whole rows. */
  column: string | null;
  message: string;
  /** How many rows are concerned; null where it is all of them. */
  rows: number | null;
}

/** Whether a row is in the default held-out quarter; as the split of the room of learning says, which a spec compares. */
export const heldOut = (row: number): boolean => row % 4 === 3;
