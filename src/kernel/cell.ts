/*
 * What the cells of a data file mean. Pure, and the one place that says so: a column's profile, training and prediction
 * all ask here, so that a value can't count as a number in one of them and as missing in another. It lies in the kernel
 * because training processes and prediction threads read it too, and must not load the room of datasets with its tables.
 */

/**
 * Texts that stand for "no value", in lower case. "none" is not among them: it is a common, meaningful category,
 * and as a class of the target its rows would be dropped in silence.
 */
const missingMarkers: ReadonlySet<string> = new Set(["", "na", "n/a", "nan", "null", "?"]);
const longestMarker = 4;

// No marker begins with a digit and most cells do: asking this first saves them the trim and the look-up.
const beginsWithDigit = (cell: string): boolean => {
  const code = cell.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
};

/** True for a cell without a value: none at all, empty or white space, NA, N/A, NaN, null or ?, in any case. */
export function isMissing(cell: string | null | undefined): cell is null | undefined {
  if (cell === null || cell === undefined) return true;
  if (beginsWithDigit(cell)) return false;
  const text = cell.trim();
  return text.length <= longestMarker && missingMarkers.has(text.toLowerCase());
}

// No two parts can match the same digits, so that a long run of digits can't make the match quadratic.
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The number a cell spells, or null. Decimal with an optional sign, fraction and exponent (`-1.5`, `.5`, `+1e5`),
 * white space around it ignored. Not numbers: hexadecimal, `Infinity`, what overflows a double, `1,000`.
 */
export function parseNumber(cell: string): number | null {
  const text = cell.trim();
  if (!decimal.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

const words = new Map([
  ...["true", "t", "yes"].map((text) => [text, true] as const),
  ...["false", "f", "no"].map((text) => [text, false] as const),
]);
/** Read only where a column is known to hold truths: elsewhere these are numbers and letters. */
const shorthand = new Map([
  ...["1", "y"].map((text) => [text, true] as const),
  ...["0", "n"].map((text) => [text, false] as const),
]);
const longestBoolean = 5;

/** The truth a cell spells (true, t, yes, false, f, no; any case), or null: what makes a column BOOLEAN. */
export function parseBoolean(cell: string): boolean | null {
  const text = cell.trim();
  return text.length > longestBoolean ? null : (words.get(text.toLowerCase()) ?? null);
}

/** The truth of a cell in a BOOLEAN column, where 1, 0, y and n say it too. */
export const truthOf = (cell: string): boolean | null =>
  parseBoolean(cell) ?? shorthand.get(cell.trim().toLowerCase()) ?? null;

/** The category a cell names: its text without surrounding white space, so that ` yes` and `yes` are one class. */
export const categoryOf = (cell: string): string => cell.trim();
