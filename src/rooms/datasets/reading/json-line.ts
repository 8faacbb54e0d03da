import { atPlace, DatasetBinary, DatasetEncoding, DatasetJson, DatasetNested } from "../dataset.errors.js";

/** Where a value stands. */
interface ValuePlace {
  line: number;
  key: string;
}

type JsonObject = Readonly<Record<string, unknown>>;
export type Pair = [key: string, value: unknown];

/**
 * The pairs of the object on a line, in the order of its text and with a key that is there twice. Where a number is too
 * large to be exact, all numbers are the texts that stand in the file: long ids are told apart by their last digits.
 * `isKnown` saves time where every key is known. Throws DATASET_JSON_INVALID for what is no JSON object.
 */
export function parsePairs(text: string, line: number, isKnown: (key: string) => boolean): Pair[] {
  const object = parseObject(text, line);
  const pairs = Object.entries(exact(object, text));
  const plain = !text.includes("\\") && countOf(text, ":") === pairs.length;
  // JavaScript puts keys such as "0" first, which matters only where their order makes columns.
  return plain && pairs.every(([key]) => isKnown(key)) ? pairs : pairsInOrder(text);
}

function parseObject(text: string, line: number): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notJson(text, line, error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw notObject(line, Array.isArray(value));
}

/** Behind a string, only a key's. */
const colon = /\s*:/y;

/**
 * As `parsePairs`, with the keys taken from the text and numbers in their place: JSON.parse keeps the last of two equal
 * keys, and V8 takes `"\\n"` or `"\\""` for the key `\\` once it has met that one (nodejs/node#63785).
 */
function pairsInOrder(text: string): Pair[] {
  const keys: string[] = [];
  const parts: string[] = [];
  let copied = 0;
  for (let at = text.indexOf('"'); at >= 0; ) {
    const end = endOfString(text, at);
    colon.lastIndex = end;
    if (colon.test(text)) {
      parts.push(text.slice(copied, at), `"${keys.length}"`);
      copied = end;
      keys.push(JSON.parse(text.slice(at, end)) as string);
    }
    at = text.indexOf('"', end);
  }
  const numbered = [...parts, text.slice(copied)].join("");
  const values = exact(JSON.parse(numbered) as JsonObject, numbered);
  // Keys inside of a value are numbered too and not among these; such a value is refused as it is.
  return Object.entries(values).map(([place, value]) => [keys[Number(place)] ?? "", value]);
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}

/** Beyond 2^53 two numbers of the file may be one of JavaScript's, and beyond 1e308 none. */
const isInexact = (value: unknown): boolean =>
  typeof value === "number" && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER);

/** TypeScript's library does not know the third argument yet (ECMAScript proposal "JSON.parse source text access"). */
const asWritten = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" ? context?.source : value;

function exact(object: JsonObject, text: string): JsonObject {
  return Object.values(object).some(isInexact) ? (JSON.parse(text, asWritten) as JsonObject) : object;
}

function notJson(text: string, row: number, error: unknown): Error {
  // A JSON file that was formatted for reading: its first line is a bracket or the beginning of an object.
  const whole = row === 1 && /^\s*[[{]\s*$/.test(text) ? ` ${wholeFile}` : "";
  const position = /at position (\d+)/.exec(String(error))?.[1];
  const where = position === undefined ? "" : ` near character ${Number(position) + 1}`;
  return atPlace(
    DatasetJson,
    `Line ${row} is not valid JSON${where}. Write one object on a line, with names in double quotes.${whole}`,
    { row },
  );
}

const wholeFile = "A file that is one JSON array is converted by: jq -c '.[]' file.json";

function notObject(row: number, isList: boolean): Error {
  const found = isList ? "holds a list" : "holds a single value";
  const message = `Line ${row} ${found} where an object is expected, such as {"size": 1.5, "colour": "red"}.`;
  return atPlace(DatasetJson, isList && row === 1 ? `${message} ${wholeFile}` : message, { row });
}

/**
 * The cell that a value would be in a CSV file; null for null. Throws DATASET_VALUE_NESTED, and for text that no file
 * of the other formats can hold DATASET_BINARY (a NUL) and DATASET_ENCODING (half a character).
 */
export function textOf(value: unknown, place: ValuePlace): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") throw nested(place, Array.isArray(value));
  if (value.includes("\0")) throw nulIn(place);
  if (!value.isWellFormed()) throw brokenIn(place);
  return value;
}

/** The offset behind the closing quote of the string that opens at `start`, in text that is valid JSON. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function nested({ line: row, key: column }: ValuePlace, isList: boolean): Error {
  const message =
    `The value in line ${row}, column “${column}”, is ${isList ? "a list" : "an object"}. ` +
    "Write its parts as columns of their own, each a number, a text, true, false or null.";
  return atPlace(DatasetNested, message, { row, column });
}

function nulIn({ line: row, key: column }: ValuePlace): Error {
  const message = `The value in line ${row}, column “${column}”, holds a NUL character, so it is not text. Leave it out.`;
  return atPlace(DatasetBinary, message, { row, column });
}

function brokenIn({ line: row, key: column }: ValuePlace): Error {
  const message = `The value in line ${row}, column “${column}”, holds half a character (a \\ud8… without its other half). Correct it.`;
  return atPlace(DatasetEncoding, message, { row, column });
}
