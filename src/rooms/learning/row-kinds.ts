import { booleanOf, isInRange, isMissing, type JsonCell, type JsonRow, numberOf } from "./cell.js";
import type { Feature } from "./features.js";
import { type Fault, mostFaults, placeOf, refuse } from "./rows.js";

/** What every value of a column was when its model learnt from it, where not every text is one. */
export type ValueKind = "NUMBER" | "BOOLEAN";

/** The kinds of a model's columns, those left out that take any text. */
export const valueKindsOf = (features: readonly Feature[]): ReadonlyMap<string, ValueKind> =>
  new Map(
    features.flatMap(({ kind, column }): [string, ValueKind][] =>
      kind === "NUMBER" || kind === "BOOLEAN" ? [[column, kind]] : [],
    ),
  );

const shown = (value: string): string => JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);

/** Numbers as such are nearly all there are, and are let through before anything is made of them. */
function faultOf(value: JsonCell | undefined, kind: ValueKind): string | null {
  if (value === undefined || value === null) return null;
  if (kind === "NUMBER" && typeof value === "number")
    return isInRange(value) ? null : "A number must lie between -1e100 and 1e100.";
  const text = String(value);
  if (isMissing(text) || (kind === "NUMBER" ? numberOf(text) : booleanOf(text)) !== null) return null;
  return kind === "NUMBER"
    ? `${shown(text)} is no number. Send one, or null where it is not known.`
    : `${shown(text)} is neither true nor false. Send one of these, or null where it is not known.`;
}

const numeric = new WeakMap<ReadonlyMap<string, ValueKind>, boolean>();

/** Whether none of the columns is of truths, of which a number may be a wrong one. Asked with each request. */
function holdsNoTruths(kinds: ReadonlyMap<string, ValueKind>): boolean {
  const known = numeric.get(kinds);
  if (known !== undefined) return known;
  const found = [...kinds.values()].every((kind) => kind === "NUMBER");
  numeric.set(kinds, found);
  return found;
}

/** Digits with one point at most, as nearly all numbers in texts are, told without a regular expression. */
function isPlainDecimal(text: string): boolean {
  let [digits, points] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) digits += 1;
    else if (code === 46) points += 1;
    else return false;
  }
  return digits > 0 && digits < 16 && points < 2;
}

function isNumber(value: JsonCell | undefined): boolean {
  if (typeof value === "number") return isInRange(value);
  return value === null || value === undefined || (typeof value === "string" && isPlainDecimal(value));
}

/** Adds the faults of a row's values. Most are numbers, and are let through without a look at their column. */
function addFaults(
  row: JsonRow,
  index: number,
  kinds: ReadonlyMap<string, ValueKind>,
  faults: Fault[],
): void {
  const letsThrough = holdsNoTruths(kinds);
  const values: readonly (JsonCell | undefined)[] = Object.values(row);
  let names: readonly string[] | null = null;
  for (let at = 0; at < values.length && faults.length < mostFaults; at++) {
    const value = values[at];
    if (letsThrough && isNumber(value)) continue;
    names ??= Object.keys(row);
    const column = names[at] ?? "";
    const kind = kinds.get(column);
    const message = kind === undefined ? null : faultOf(value, kind);
    if (message !== null) faults.push({ path: placeOf(index, column), message });
  }
}

/**
 * Refuses a text where the model learnt numbers or truths: "12 kg" would count as missing, and be answered in silence.
 * @throws BAD_USER_INPUT with the places
 */
export function checkKinds(rows: readonly JsonRow[], kinds: ReadonlyMap<string, ValueKind>): void {
  const faults: Fault[] = [];
  rows.forEach((row, index) => addFaults(row, index, kinds, faults));
  refuse(faults);
}
