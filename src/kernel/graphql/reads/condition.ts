import type { ObjectLiteral } from "typeorm";
import type { RequestContext } from "../../context.js";

/** A property of an entity, by its name in TypeScript. */
export type PropertyOf<T extends ObjectLiteral> = keyof T & string;

/** How a property is compared with a value. None of them is text of a caller's. */
export type Comparison = "equal" | "oneOf" | "contains" | "atLeast" | "above" | "below" | "absent";

/** What rows must fulfil to be read: the SQL comes from here, of the caller's there are only parameters. */
export interface Condition {
  readonly property: string;
  readonly comparison: Comparison;
  /** Unused by `absent`. */
  readonly value: unknown;
}

const statements: Record<Comparison, (column: string, value: string) => string> = {
  equal: (column, value) => `${column} = ${value}`,
  oneOf: (column, value) => `${column} = any(${value})`,
  contains: (column, value) => `strpos(lower(${column}), lower(${value})) > 0`,
  atLeast: (column, value) => `${column} >= ${value}`,
  above: (column, value) => `${column} > ${value}`,
  below: (column, value) => `${column} < ${value}`,
  absent: (column) => `${column} is null`,
};

/** The condition as SQL; `value` is the place of its parameter. */
export const conditionSql = ({ comparison }: Condition, column: string, value: string): string =>
  statements[comparison](column, value);

/** Which rows of an entity a request may see, or a list holds: decided by who asks, not by what is asked. */
export type Rows = (context: RequestContext) => readonly Condition[];

/** How each field of a filter narrows a list; a field that is left out or null does not. */
export type FilterConditions<Filter extends object, T extends ObjectLiteral> = {
  readonly [Key in keyof Required<Filter>]: readonly [PropertyOf<T>, Comparison];
};

/** The conditions of a filter as it was given, in the order in which they are declared. */
export function filterConditions(
  declared: Readonly<Record<string, readonly [string, Comparison]>>,
  filter: object | null | undefined,
): Condition[] {
  return Object.entries(declared).flatMap(([key, [property, comparison]]) => {
    const value = (filter as Record<string, unknown> | null | undefined)?.[key];
    return value === undefined || value === null ? [] : [{ property, comparison, value }];
  });
}
