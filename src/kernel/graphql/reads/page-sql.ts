import { literal } from "./json-text.js";
import type { Bound, Source } from "./source.js";
import { columnOf, orderSql, type Parent, rowsSql } from "./source-sql.js";

/** What the SQL of a connection's fields needs to know of the page. */
export interface PageSql {
  readonly bound: Bound;
  /** Leaves out the one row that was read only to see whether more follows. */
  readonly filter: string;
  readonly count: () => string;
}

/** A field of a connection, and what it needs of the rows `q`: JSON texts `n…`, cursors `c`, places `p`. */
export interface Part {
  readonly looksAhead: boolean;
  readonly reads: boolean;
  readonly cursors: boolean;
  /** Whether all rows are counted, whatever the page. */
  readonly counts: boolean;
  readonly sql: (page: PageSql) => string;
}

/** A field that needs nothing of the rows. */
export const nothing = { looksAhead: false, reads: false, cursors: false, counts: false };

/** The JSON text of a list of what `item` is for each row. */
export const listText = (item: string, filter: string): string =>
  `concat('[', string_agg(${item}, ',')${filter}, ']')`;

/** The fields of `pageInfo`, each as the JSON text of its value. */
export const pageInfo: Record<string, (page: PageSql) => string> = {
  hasNextPage: ({ bound }) => `case when count(*) > ${bound.size} then 'true' else 'false' end`,
  hasPreviousPage: ({ bound }) => literal(String(bound.after !== null)),
  startCursor: () => "coalesce((array_agg(q.c))[1], 'null')",
  endCursor: ({ bound }) => `coalesce((array_agg(q.c))[least(count(*), ${bound.size})], 'null')`,
};

/** The rows of a page in their order, and one more where it must be seen whether more follows. */
export function listSql(
  source: Source,
  bound: Bound,
  alias: string,
  parent: Parent | null,
  looksAhead: boolean,
): string {
  const limit = looksAhead ? bound.size + 1 : bound.size;
  const order = orderSql(source, bound.order, alias);
  return `select ${alias}.* ${rowsSql(source, bound, alias, parent, true)} ${order} limit ${limit}`;
}

/** The cursor as `encodeCursor` makes it, in quotes. */
export function cursorSql({ metadata }: Source, { order }: Bound, alias: string): string {
  const value = `to_json(${columnOf(metadata, alias, order.property)}::text)`;
  const id = `to_json(${columnOf(metadata, alias, "id")})`;
  const head = literal(`[${JSON.stringify(metadata.name)},${JSON.stringify(order.property)},`);
  const bytes = `convert_to(concat(${head}, ${value}, ',', ${id}, ']'), 'UTF8')`;
  return `concat('"', translate(encode(${bytes}, 'base64'), E'+/=\\n', '-_'), '"')`;
}
