import type { EntityMetadata } from "typeorm";
import { conditionSql } from "./condition.js";
import type { Order, Place } from "./cursor.js";
import type { Read } from "./read.js";
import type { Bound, Source } from "./source.js";

/** SQL of a column: property names are ours, the column names come from TypeORM's metadata. */
export function columnOf(metadata: EntityMetadata, alias: string, property: string): string {
  const column = metadata.findColumnWithPropertyName(property);
  if (!column) throw new Error(`${metadata.name} has no column for ${property}.`);
  return `${alias}."${column.databaseName}"`;
}

/** The row whose field a source is. */
export interface Parent {
  readonly alias: string;
  readonly metadata: EntityMetadata;
}

/** `from … where …`: the rows behind a source; those after the cursor where it is a page that is read. */
export function rowsSql(
  source: Source,
  bound: Bound,
  alias: string,
  parent: Parent | null,
  paged = false,
): string {
  const { metadata, read } = source;
  const column = (property: string): string => columnOf(metadata, alias, property);
  const where = bound.conditions.map(({ condition, parameter }) =>
    conditionSql(condition, column(condition.property), parameter),
  );
  if (parent) where.unshift(linkSql(read, column, parent));
  if (paged && bound.after) where.push(seekSql(bound.order, bound.after, column));
  const condition = where.length > 0 ? ` where ${where.join(" and ")}` : "";
  return `from ${tableOf(metadata)} ${alias}${condition}`;
}

/** How rows belong to their parent: one holds the id of the other. */
function linkSql(read: Read, column: (property: string) => string, parent: Parent): string {
  if (read.kind === "toOne") return `${column("id")} = ${columnOf(parent.metadata, parent.alias, read.key)}`;
  const key = "key" in read ? read.key : null;
  return `${column(key ?? "id")} = ${columnOf(parent.metadata, parent.alias, "id")}`;
}

function seekSql({ property, direction }: Order, after: Place, column: (property: string) => string): string {
  const sign = direction === "ASC" ? ">" : "<";
  if (property === "id") return `${column("id")} ${sign} ${after.id}`;
  return `(${column(property)}, ${column("id")}) ${sign} (${after.value}, ${after.id})`;
}

const tableOf = ({ schema, tableName }: EntityMetadata): string =>
  schema ? `"${schema}"."${tableName}"` : `"${tableName}"`;

export function orderSql({ metadata }: Source, { property, direction }: Order, alias: string): string {
  const id = `${columnOf(metadata, alias, "id")} ${direction}`;
  return property === "id"
    ? `order by ${id}`
    : `order by ${columnOf(metadata, alias, property)} ${direction}, ${id}`;
}
