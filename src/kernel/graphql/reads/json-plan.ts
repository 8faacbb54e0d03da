import { type FieldNode, type GraphQLObjectType, type GraphQLOutputType, isNonNullType } from "graphql";
import type { EntityMetadata } from "typeorm";
import { type Asked, columnBehind, type Draft, type Naming, objectType } from "./draft.js";
import { jsonObject, literal, stop } from "./json-text.js";
import { jsonLeafOf, type Leaf, leafOf } from "./leaf.js";
import { type ConnectionRead, type Read, readOf } from "./read.js";
import { cursorSql, listSql, listText, nothing, type PageSql, pageInfo, type Part } from "./page-sql.js";
import { type Source, StepAside } from "./source.js";
import { columnOf, orderSql, type Parent, rowsSql } from "./source-sql.js";

/** SQL for the JSON text of what was asked for of one row, or of a list of rows. */
type RowSql = (row: Parent, naming: Naming) => string;
type SourceSql = (parent: Parent | null, naming: Naming) => string;

/** A field whose answer Postgres writes as a whole. */
export interface JsonField {
  /** Whether the text has to be parsed and written again, to be what JavaScript writes. */
  readonly approximate: boolean;
  readonly sql: (naming: Naming) => string;
}

/**
 * Plans a root field as SQL that gives its JSON text, aliases and `__typename` and all; or a field of what the request
 * says of itself, which says the `id` of the row too. Throws StepAside where anything below it has a resolver that is
 * not declared.
 */
export function planJson(draft: Draft, read: Read, { field, nodes }: Asked, id?: Source["id"]): JsonField {
  if (!field) throw new StepAside("computed");
  const writer = new Writer(draft);
  const sql = writer.source(read, field, nodes, id);
  return { approximate: writer.approximate, sql: (naming) => sql(null, naming) };
}

class Writer {
  approximate = false;

  constructor(private readonly draft: Draft) {}

  source(
    read: Read,
    field: NonNullable<Asked["field"]>,
    nodes: readonly FieldNode[],
    id?: Source["id"],
  ): SourceSql {
    const source = this.draft.source(read, field, nodes, id);
    const type = objectType(field.type);
    if (read.kind === "connection") return this.connection(source, read, type, nodes);
    const row = this.row(source.metadata, type, nodes);
    if (read.kind === "toMany") return many(source, row);
    return read.kind === "latest" ? latest(source, row) : one(source, row);
  }

  /** What was asked for of one row of a table. */
  private row(metadata: EntityMetadata, type: GraphQLObjectType, nodes: readonly FieldNode[]): RowSql {
    const fields = this.draft
      .asked(type, nodes)
      .map((asked): [string, RowSql] => [asked.key, this.field(metadata, type, asked)]);
    return (row, naming) => jsonObject(fields.map(([key, sql]) => [key, sql(row, naming)]));
  }

  private field(metadata: EntityMetadata, type: GraphQLObjectType, asked: Asked): RowSql {
    const { field, nodes } = asked;
    if (!field) return () => literal(JSON.stringify(type.name));
    const read = readOf(field);
    if (read) return this.source(read, field, nodes);
    const column = columnBehind(metadata, asked);
    const leaf =
      column && (leafOf(field.type, column) ?? this.jsonLeaf(String(column.type), field.type, nodes));
    if (!column || !leaf) throw new StepAside("computed");
    this.approximate ||= leaf.approximate;
    return ({ alias }) => leaf.sql(columnOf(metadata, alias, column.propertyName));
  }

  private jsonLeaf(columnType: string, type: GraphQLOutputType, nodes: readonly FieldNode[]): Leaf | null {
    return columnType === "jsonb" ? jsonLeafOf(type, this.draft.json(nodes)) : null;
  }

  private connection(
    source: Source,
    read: ConnectionRead,
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
  ): SourceSql {
    const item = read.entity;
    const rows: RowSql[] = [];
    const rowOf = (below: Asked): string => {
      const itemType = objectType(below.field?.type ?? type);
      rows.push(this.row(this.draft.database.getMetadata(item), itemType, below.nodes));
      return `q.n${rows.length - 1}`;
    };
    const parts = this.draft
      .asked(type, nodes)
      .map((asked) => ({ key: asked.key, ...this.part(type, asked, rowOf) }));
    const looksAhead = parts.some((part) => part.looksAhead);
    const reads = parts.some((part) => part.reads);
    const cursors = parts.some((part) => part.cursors);
    if (!reads) source.uses = parts.some((part) => part.counts) ? "count" : "nothing";
    return (parent, naming) => {
      const bound = naming.of(source);
      const page: PageSql = {
        bound,
        filter: looksAhead ? ` filter (where q.p <= ${bound.size})` : "",
        count: () => `(select count(*)::text ${rowsSql(source, bound, naming.table(), parent)})`,
      };
      const object = jsonObject(parts.map(({ key, sql }) => [key, sql(page)]));
      if (!reads) return `(select ${object})`;
      const alias = naming.table();
      const columns = [
        ...rows.map((row, index) => `${row({ alias, metadata: source.metadata }, naming)} as n${index}`),
        ...(cursors ? [`${cursorSql(source, bound, alias)} as c`] : []),
        ...(looksAhead ? ["row_number() over () as p"] : []),
      ];
      const list = listSql(source, bound, naming.table(), parent, looksAhead);
      return `(select ${object} from (select ${columns.join(", ") || "1"} from (${list}) ${alias}) q)`;
    };
  }

  /** One field of a connection. */
  private part(type: GraphQLObjectType, asked: Asked, rowOf: (asked: Asked) => string): Part {
    const { name, field, nodes } = asked;
    if (name === "nodes") {
      const row = rowOf(asked);
      return { ...nothing, reads: true, sql: ({ filter }) => listText(row, filter) };
    }
    if (name === "edges" && field) return this.edges(objectType(field.type), nodes, rowOf);
    if (name === "pageInfo" && field) return this.pageInfo(objectType(field.type), nodes);
    if (name === "totalCount") return { ...nothing, counts: true, sql: ({ count }) => count() };
    return { ...nothing, sql: () => literal(JSON.stringify(type.name)) };
  }

  private edges(type: GraphQLObjectType, nodes: readonly FieldNode[], rowOf: (asked: Asked) => string): Part {
    const asked = this.draft.asked(type, nodes);
    const fields = asked.map((below): [string, string] => {
      if (below.name === "node") return [below.key, rowOf(below)];
      return [below.key, below.name === "cursor" ? "q.c" : literal(JSON.stringify(type.name))];
    });
    const cursors = asked.some(({ name }) => name === "cursor");
    return {
      ...nothing,
      reads: true,
      cursors,
      sql: ({ filter }) => listText(jsonObject(fields), filter),
    };
  }

  private pageInfo(type: GraphQLObjectType, nodes: readonly FieldNode[]): Part {
    const asked = this.draft.asked(type, nodes);
    const names = asked.map(({ name }) => name);
    const sql = (page: PageSql): string =>
      jsonObject(
        asked.map(({ key, name }) => [key, pageInfo[name]?.(page) ?? literal(JSON.stringify(type.name))]),
      );
    const cursors = names.includes("startCursor") || names.includes("endCursor");
    const looksAhead = names.includes("hasNextPage");
    return { ...nothing, looksAhead, reads: cursors || looksAhead, cursors, sql };
  }
}

const orNull = (sql: string, { type }: Source, row: string): string =>
  `coalesce(${sql}, ${isNonNullType(type) ? stop(row) : "'null'"})`;

const one =
  (source: Source, row: RowSql): SourceSql =>
  (parent, naming) => {
    const alias = naming.table();
    const text = row({ alias, metadata: source.metadata }, naming);
    const found = `(select ${text} ${rowsSql(source, naming.of(source), alias, parent)})`;
    return orNull(found, source, parent ? `${parent.alias}."id"` : "0");
  };

const latest =
  (source: Source, row: RowSql): SourceSql =>
  (parent, naming) => {
    const [alias, inner] = [naming.table(), naming.table()];
    const text = row({ alias, metadata: source.metadata }, naming);
    const bound = naming.of(source);
    const newest = `select ${inner}.* ${rowsSql(source, bound, inner, parent)} ${orderSql(source, bound.order, inner)} limit 1`;
    return orNull(`(select ${text} from (${newest}) ${alias})`, source, "0");
  };

const many =
  (source: Source, row: RowSql): SourceSql =>
  (parent, naming) => {
    const alias = naming.table();
    const text = row({ alias, metadata: source.metadata }, naming);
    const bound = naming.of(source);
    const order = orderSql(source, bound.order, alias);
    return `(select concat('[', string_agg(${text}, ',' ${order}), ']') ${rowsSql(source, bound, alias, parent)})`;
  };
