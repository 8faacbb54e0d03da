/** A text constant in SQL. Only for texts of ours, e.g. names in the schema: callers' values travel as parameters. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Postgres takes 100 arguments a call. */
const mostArguments = 90;

/** A constant, or a chain of `||` between two, which takes what follows into its last one. */
const isLiteral = (part: string): boolean => part.startsWith("'") && part.endsWith("'");

/**
 * SQL for a text put together from constants and expressions, for JSON as `JSON.stringify` writes it:
 * `json_build_object` adds spaces, and would be asked to escape the same names for every row.
 */
export class JsonText {
  readonly #parts: string[] = [];

  constant(text: string): this {
    const last = this.#parts.at(-1);
    if (last !== undefined && isLiteral(last))
      this.#parts[this.#parts.length - 1] = `${last.slice(0, -1)}${literal(text).slice(1)}`;
    else this.#parts.push(literal(text));
    return this;
  }

  /** An expression whose value is text and not null. One that is a constant only joins its neighbours. */
  expression(sql: string): this {
    if (/^'(?:[^']|'')*'$/.test(sql)) return this.constant(sql.slice(1, -1).replaceAll("''", "'"));
    // In brackets, or one that begins with a constant would be taken for one.
    this.#parts.push(isLiteral(sql) ? `(${sql})` : sql);
    return this;
  }

  toString(): string {
    if (this.#parts.length === 1) return this.#parts[0] ?? "";
    const calls: string[] = [];
    for (let start = 0; start < this.#parts.length; start += mostArguments)
      calls.push(`concat(${this.#parts.slice(start, start + mostArguments).join(", ")})`);
    return calls.length === 1 ? (calls[0] ?? "''") : `concat(${calls.join(", ")})`;
  }
}

/** A JSON object with these fields; each value is SQL whose value is JSON text. */
export function jsonObject(fields: Iterable<readonly [name: string, value: string]>): string {
  const text = new JsonText();
  let before = "{";
  for (const [name, value] of fields) {
    text.constant(`${before}${JSON.stringify(name)}:`).expression(value);
    before = ",";
  }
  return text.constant(before === "{" ? "{}" : "}").toString();
}

/**
 * What Postgres stops at when a row holds something that the plan cannot say, e.g. a null where the graph promises a
 * value: the operation is then answered by the plain resolvers, with their errors. It tells nothing of the row, which
 * it mentions so that Postgres does not work it out, and stop, while it plans.
 */
export const stop = (reference: string): string => `cast(concat('!', ${reference} is null) as integer)::text`;
