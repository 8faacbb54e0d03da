const missingMarkers = new Set(["", "na", "n/a", "nan", "null", "?"]);
const longestMarker = 4;

// No marker begins with a digit and most cells do: asking this first saves them the trim and the look-up.
const beginsWithDigit = (cell: string): boolean => {
  const code = cell.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
};

/**
 * True for a cell without a value: empty or white space, NA, N/A, NaN, null or ?, in any case.
 * The only place that decides so; reading, training and predicting all ask here.
 */
export function isMissing(cell: string): boolean {
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

const booleans = new Map([
  ["true", true],
  ["t", true],
  ["yes", true],
  ["false", false],
  ["f", false],
  ["no", false],
]);
const longestBoolean = 5;

/** The truth a cell spells (true, t, yes, false, f, no; any case), or null. */
export function parseBoolean(cell: string): boolean | null {
  const text = cell.trim();
  return text.length > longestBoolean ? null : (booleans.get(text.toLowerCase()) ?? null);
}

/** The category a cell names: its text without surrounding white space, so that ` yes` and `yes` are one class. */
export const categoryOf = (cell: string): string => cell.trim();
