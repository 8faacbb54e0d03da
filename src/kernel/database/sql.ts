/** Runs SQL in whatever transaction or pool stands behind it. */
export interface Sql {
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** An identifier for SQL text. Only names made by us pass, so nothing a caller sends can become one. */
export function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name))
    throw new Error(`Not an identifier of ours: ${JSON.stringify(name)}`);
  return `"${name}"`;
}

/** The tenant's role and search path; pg_temp is named last, or it would be searched first. */
export const entrance = (schema: string): [role: string, searchPath: string] => [
  schema,
  `${identifier(schema)}, pg_temp`,
];
