interface Told {
  readonly path?: readonly (string | number)[];
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly Told[];
}

/** How much of a path leads to something: where an error made a parent null, the rest leads nowhere. */
function shown(data: unknown, path: readonly (string | number)[]): number {
  let value = data;
  let length = 0;
  for (const key of path) {
    if (value === null || value === undefined) return length;
    value = (value as Record<string | number, unknown>)[key];
    length += 1;
  }
  return length;
}

/** An error at its own place counts with all it says; below a parent that is null, only that there was one. */
function comparable({ data }: Answer, error: Told): string {
  const { path } = error;
  if (!path) return JSON.stringify(error);
  const length = shown(data, path);
  return length === path.length ? JSON.stringify(error) : `below ${JSON.stringify(path.slice(0, length))}`;
}

/**
 * Whether two answers differ in nothing but what GraphQL leaves open, and what plain resolvers decide by the time their
 * reads take: the order of the errors, and which of several errors below one null is told (October 2021, 6.4.4).
 */
export function sameButForTiming(one: string, other: string): boolean {
  const [a, b] = [JSON.parse(one) as Answer, JSON.parse(other) as Answer];
  const isSame = JSON.stringify({ ...a, errors: null }) === JSON.stringify({ ...b, errors: null });
  const errors = (answer: Answer): string =>
    [...new Set((answer.errors ?? []).map((error) => comparable(answer, error)))].sort().join("\n");
  return isSame && errors(a) === errors(b);
}
