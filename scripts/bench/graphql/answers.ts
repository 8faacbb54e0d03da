type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const timestamp = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$/;

/**
 * An answer without what servers may word differently: instants to the millisecond, and a list of one in place of the
 * one thing (PostGraphile has no field for the newest of many; its own way is a list of one).
 */
export function flattened(value: Json): Json {
  if (typeof value === "string") return timestamp.test(value) ? instant(value) : value;
  if (Array.isArray(value)) return value.map(flattened);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, field(key, value[key] ?? null)]));
}

function field(key: string, value: Json): Json {
  return flattened(key.startsWith("latest") && Array.isArray(value) ? (value[0] ?? null) : value);
}

/** `2026-01-01 00:00:00.5+00` is how Postgres writes an instant, and nearly how RFC 3339 wants it. */
function instant(text: string): string {
  const date = new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

/** Where two answers first differ, as a path with both sides; null where they agree. */
export function difference(expected: Json, actual: Json, path = "answer"): string | null {
  if (expected === null || actual === null || typeof expected !== "object" || typeof actual !== "object")
    return expected === actual
      ? null
      : `${path}: ${JSON.stringify(expected)} is not ${JSON.stringify(actual)}`;
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const found = difference(at(expected, key), at(actual, key), `${path}.${key}`);
    if (found) return found;
  }
  return null;
}

const at = (value: Json, key: string): Json => (value as { [key: string]: Json })[key] ?? null;

/** The data of an answer's text, flattened. Throws where the answer is none or carries errors. */
export function dataOf(text: string): Json {
  const answer = JSON.parse(text) as { data?: Json; errors?: Json };
  if (answer.errors !== undefined || answer.data === null || answer.data === undefined) throw new Error(text);
  return flattened(answer.data);
}
