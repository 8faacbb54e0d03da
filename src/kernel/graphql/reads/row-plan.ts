import { type FieldNode, type GraphQLObjectType, print } from "graphql";
import type { EntityMetadata } from "typeorm";
import type { ColumnMetadata } from "typeorm/metadata/ColumnMetadata.js";
import { ApplyValueTransformers } from "typeorm/util/ApplyValueTransformers.js";
import { pageOf } from "../connection.js";
import { encodeCursor } from "./cursor.js";
import { type Asked, columnBehind, type Draft, type Naming, objectType } from "./draft.js";
import { listSql } from "./page-sql.js";
import { instant } from "./leaf.js";
import { readAhead } from "./preloaded.js";
import { type Listed, type Read, readOf } from "./read.js";
import { type Bound, type Source, StepAside } from "./source.js";
import { columnOf, orderSql, type Parent, rowsSql } from "./source-sql.js";

/** A root field whose rows, and those below them, one statement reads ahead of graphql-js and its resolvers. */
export interface RowField {
  /** SQL that gives the rows as JSON. */
  readonly sql: (naming: Naming) => string;
  /** What the field's plain resolver would have read, made of that JSON. */
  readonly value: (json: unknown, bound: readonly Bound[]) => unknown;
}

/** Plans a root field of which something is computed: the rows come in one statement, the rest is graphql-js' work. */
export function planRows(draft: Draft, read: Read, { field, nodes }: Asked): RowField {
  if (!field) throw new StepAside("computed");
  const { sql, value } = readRows(draft, read, field, nodes);
  return { sql: (naming) => sql(null, naming), value };
}

interface Reading {
  readonly sql: (parent: Parent | null, naming: Naming) => string;
  readonly value: (json: unknown, bound: readonly Bound[]) => unknown;
}

interface Row {
  readonly sql: (row: Parent, naming: Naming) => string;
  readonly entity: (json: unknown, bound: readonly Bound[]) => Listed;
}

function readRows(
  draft: Draft,
  read: Read,
  field: NonNullable<Asked["field"]>,
  nodes: readonly FieldNode[],
): Reading {
  const source = draft.source(read, field, nodes);
  const type = objectType(field.type);
  if (read.kind === "connection") return connection(draft, source, type, nodes);
  const row = rowOf(draft, source.metadata, [{ type, nodes }]);
  return read.kind === "toMany" ? many(source, row) : one(source, row);
}

interface Below {
  readonly type: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
}

/** The columns that the fields of a row show or need, then what is read ahead below it. */
function rowOf(draft: Draft, metadata: EntityMetadata, below: readonly Below[]): Row {
  const asked = merged(below.flatMap(({ type, nodes }) => draft.asked(type, nodes)));
  const columns = columnsOf(metadata, asked);
  const ahead = asked.flatMap(({ key, field, nodes }): [string, Reading][] => {
    const read = field && readOf(field);
    return read && field ? [[key, readRows(draft, read, field, nodes)]] : [];
  });
  return {
    sql: (row, naming) => {
      const values = columns.map((column) =>
        columnJson(column, columnOf(metadata, row.alias, column.propertyName)),
      );
      return `json_build_array(${[...values, ...ahead.map(([, { sql }]) => sql(row, naming))].join(", ")})`;
    },
    entity: (json, bound) => {
      const values = json as unknown[];
      const entity = metadata.create() as Listed & Record<string, unknown>;
      columns.forEach((column, index) => {
        entity[column.propertyName as "id"] = columnValue(column, values[index]) as string;
      });
      readAhead(
        entity,
        new Map(ahead.map(([key, { value }], index) => [key, value(values[columns.length + index], bound)])),
      );
      return entity;
    },
  };
}

/**
 * Fields of one object that several parts of the document ask for, e.g. `nodes` and `edges`. Throws StepAside where one
 * key means two things: what was read ahead is laid beside the object by its key.
 */
function merged(asked: readonly Asked[]): Asked[] {
  const fields = new Map<string, Asked>();
  for (const field of asked) {
    const known = fields.get(field.key);
    const nodes = [...(known?.nodes ?? []), ...field.nodes];
    // Each node, since those below fields that were merged have met here for the first time.
    if (new Set(nodes.map(meaning)).size > 1) throw new StepAside("conflict");
    fields.set(field.key, { ...field, nodes });
  }
  return [...fields.values()];
}

const meaning = ({ name, arguments: given = [] }: FieldNode): string =>
  `${name.value} ${given.map(print).sort().join()}`;

/** The id always: what lies below a row finds its parent by it. All columns for a resolver that does not say its own. */
function columnsOf(metadata: EntityMetadata, asked: readonly Asked[]): ColumnMetadata[] {
  const names = new Set(["id"]);
  for (const field of asked) {
    const column = columnBehind(metadata, field);
    const needs = field.field?.extensions.needs as readonly string[] | undefined;
    if (column) names.add(column.propertyName);
    else if (field.field && !readOf(field.field))
      for (const name of needs ?? metadata.columns.map(({ propertyName }) => propertyName)) names.add(name);
  }
  return metadata.columns.filter(({ propertyName }) => names.has(propertyName));
}

/** A column as JSON that loses nothing; what JSON can't say stops the plan. */
function columnJson({ type }: ColumnMetadata, reference: string): string {
  if (String(type).startsWith("timestamp")) return `(${instant(reference)})::json`;
  if (type === "bytea") return `encode(${reference}, 'base64')`;
  return type === "bigint" || type === "numeric" ? `${reference}::text` : reference;
}

/** A column as TypeORM would have given it. */
function columnValue(column: ColumnMetadata, json: unknown): unknown {
  const value = json === null ? null : decoded(String(column.type), json);
  return column.transformer ? ApplyValueTransformers.transformFrom(column.transformer, value) : value;
}

function decoded(type: string, json: unknown): unknown {
  if (type.startsWith("timestamp")) return new Date(json as string);
  if (type === "bytea") return Buffer.from(json as string, "base64");
  return type === "double precision" ? Number(json) : json;
}

function connection(
  draft: Draft,
  source: Source,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Reading {
  const asked = merged(draft.asked(type, nodes));
  const counts = asked.some(({ name }) => name === "totalCount");
  const row = rowOf(draft, source.metadata, itemsOf(draft, asked));
  return {
    sql: (parent, naming) => {
      const bound = naming.of(source);
      const [alias, list] = [naming.table(), naming.table()];
      const place = `${columnOf(source.metadata, alias, bound.order.property)}::text`;
      const item = `json_build_array(${place}, ${row.sql({ alias, metadata: source.metadata }, naming)})`;
      const items = `select ${item} as n from (${listSql(source, bound, list, parent, true)}) ${alias}`;
      const count = counts ? `(select count(*) ${rowsSql(source, bound, naming.table(), parent)})` : "null";
      return `json_build_array(${count}, (select coalesce(json_agg(q.n), '[]'::json) from (${items}) q))`;
    },
    value: (json, all) => {
      const bound = all[source.index] as Bound;
      const [total, items] = json as [number | null, [string, unknown][]];
      const rows = items.map(([value, item]) => {
        const node = row.entity(item, all);
        return { node, cursor: encodeCursor(source.metadata.name, bound.order, { value, id: node.id }) };
      });
      return pageOf(rows, bound.size, bound.after !== null, async () => total ?? 0);
    },
  };
}

/** What is asked for of a connection's rows, by `nodes` and by `edges { node }`. */
const itemsOf = (draft: Draft, asked: readonly Asked[]): Below[] =>
  asked.flatMap((part) => {
    if (!part.field) return [];
    if (part.name === "nodes") return [{ type: objectType(part.field.type), nodes: part.nodes }];
    if (part.name !== "edges") return [];
    const edges = merged(draft.asked(objectType(part.field.type), part.nodes));
    return edges.flatMap(({ name, field, nodes }) =>
      name === "node" && field ? [{ type: objectType(field.type), nodes }] : [],
    );
  });

const many = (source: Source, row: Row): Reading => ({
  sql: (parent, naming) => {
    const alias = naming.table();
    const bound = naming.of(source);
    const item = row.sql({ alias, metadata: source.metadata }, naming);
    const order = orderSql(source, bound.order, alias);
    return `(select coalesce(json_agg(${item} ${order}), '[]'::json) ${rowsSql(source, bound, alias, parent)})`;
  },
  value: (json, bound) => (json as unknown[]).map((item) => row.entity(item, bound)),
});

/** Found by its id, or the newest: the order makes no difference to what is one. */
const one = (source: Source, row: Row): Reading => ({
  sql: (parent, naming) => {
    const [alias, inner] = [naming.table(), naming.table()];
    const bound = naming.of(source);
    const item = row.sql({ alias, metadata: source.metadata }, naming);
    const newest = `select ${inner}.* ${rowsSql(source, bound, inner, parent)} ${orderSql(source, bound.order, inner)} limit 1`;
    return `(select ${item} from (${newest}) ${alias})`;
  },
  value: (json, bound) => (json === null ? null : row.entity(json, bound)),
});
