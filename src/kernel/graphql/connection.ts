import { IsOptional, Max, Min } from "class-validator";
import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import {
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  QueryFailedError,
  type SelectQueryBuilder,
} from "typeorm";
import { type Condition, conditionSql } from "./reads/condition.js";
import { decodeCursor, encodeCursor, notOurs, type Order, type Place } from "./reads/cursor.js";
import { SafeInt } from "./scalars.js";

/** Items of a page where `first` is not given; also what such a page is priced by. */
export const defaultFirst = 20;

/** Where a page begins and how long it is, after the Relay Cursor Connections specification. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, { defaultValue: defaultFirst, nullable: true, description: "At most 100." })
  @IsOptional()
  @Min(1)
  @Max(100)
  first: number | null = defaultFirst;

  @Field(() => String, { nullable: true, description: "The cursor after which the page begins." })
  after?: string | null;
}

@ObjectType({ description: "Whether more follows, and where." })
export class PageInfo {
  @Field() hasNextPage!: boolean;
  @Field() hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

export interface EdgeOf<T> {
  cursor: string;
  node: T;
}

/** A page of `T`; the count is taken only when asked for. */
export interface Page<T> {
  edges: EdgeOf<T>[];
  nodes: T[];
  pageInfo: PageInfo;
  readonly totalCount: Promise<number>;
}

const connections = new Map<ClassType, ClassType<Page<object>>>();

/** `{Name}Connection` and `{Name}Edge` of an object type; declared when first asked for. */
export function connectionOf<T extends object>(node: ClassType<T>): ClassType<Page<T>> {
  const known = connections.get(node) ?? declareConnection(node);
  connections.set(node, known);
  return known as ClassType<Page<T>>;
}

function declareConnection<T extends object>(node: ClassType<T>): ClassType<Page<T>> {
  const { name } = node;
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field() cursor!: string;
    @Field(() => node) node!: T;
  }
  @ObjectType(`${name}Connection`)
  class Connection {
    @Field(() => [Edge]) edges!: Edge[];
    @Field(() => [node]) nodes!: T[];
    @Field(() => PageInfo) pageInfo!: PageInfo;
    @Field(() => SafeInt, { description: "All there are, whatever the page. Counted only when asked for." })
    totalCount!: Promise<number>;
  }
  return Connection;
}

/** Where a list is read: a tenant's scope or the control plane. */
export interface Reader {
  read<T>(body: (manager: EntityManager) => Promise<T>): Promise<T>;
}

interface Row<T> {
  node: T;
  cursor: string;
}

/** A list in its order, narrowed to the rows that fulfil every condition. */
export interface List<T extends ObjectLiteral> {
  readonly entity: EntityTarget<T>;
  readonly order: Order;
  readonly conditions: readonly Condition[];
}

/** The items of a page where `first` is not given or null. */
export const pageSize = ({ first }: Pick<PageArguments, "first">): number => first ?? defaultFirst;

/** One page of a list, read by keyset, so that deep pages cost what the first does. */
export async function page<T extends ObjectLiteral & { id: string }>(
  reader: Reader,
  list: List<T>,
  { first, after }: PageArguments,
): Promise<Page<T>> {
  const size = pageSize({ first });
  const rows = await reader.read((manager) => rowsOf(manager, list, after ?? null, size + 1));
  return pageOf(rows, size, (after ?? null) !== null, () =>
    reader.read((manager) => narrowed(manager, list).getCount()),
  );
}

/** A page of rows that were read, one more than its size where more follows. */
export function pageOf<T>(
  rows: readonly Row<T>[],
  size: number,
  hasPreviousPage: boolean,
  count: () => Promise<number>,
): Page<T> {
  const edges = rows.slice(0, size);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    // A getter, so that only who selects the field pays for the count.
    get totalCount() {
      return count();
    },
  };
}

/** A query for the rows of an entity, as `it`, that fulfil every condition. */
export function narrowed<T extends ObjectLiteral>(
  manager: EntityManager,
  { entity, conditions }: Pick<List<T>, "entity" | "conditions">,
): SelectQueryBuilder<T> {
  const query = manager.createQueryBuilder(entity, "it");
  conditions.forEach((condition, index) => {
    const name = `condition${index}`;
    query.andWhere(conditionSql(condition, `it.${condition.property}`, `:${name}`), {
      [name]: condition.value,
    });
  });
  return query;
}

async function rowsOf<T extends ObjectLiteral & { id: string }>(
  manager: EntityManager,
  list: List<T>,
  after: string | null,
  limit: number,
): Promise<Row<T>[]> {
  const { property, direction } = list.order;
  const { name } = manager.connection.getMetadata(list.entity);
  const query = narrowed(manager, list);
  if (after !== null) seek(query, list.order, decodeCursor(after, name, list.order));
  if (property !== "id") query.addOrderBy(`it.${property}`, direction);
  // As the database writes it: a Date has no microseconds, and a cursor cut short skips rows or repeats them.
  query.addSelect(`cast(it.${property} as text)`, "cursor_value").addOrderBy("it.id", direction).limit(limit);
  const { entities, raw } = await query
    .getRawAndEntities<{ cursor_value: string }>()
    .catch((error: unknown) => {
      throw after !== null && isDataException(error) ? notOurs() : error;
    });
  return entities.map((node, index) => ({
    node,
    cursor: encodeCursor(name, list.order, { value: raw[index]?.cursor_value ?? "", id: node.id }),
  }));
}

function seek<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  { property, direction }: Order,
  { value, id }: Place,
): void {
  const sign = direction === "ASC" ? ">" : "<";
  if (property === "id") query.andWhere(`it.id ${sign} :cursorId`, { cursorId: id });
  else
    query.andWhere(`(it.${property}, it.id) ${sign} (:cursorValue, :cursorId)`, {
      cursorValue: value,
      cursorId: id,
    });
}

/** Class 22 of Postgres' errors: a forged cursor can hold text that is no date, no number, or has a NUL. */
const isDataException = (error: unknown): boolean =>
  error instanceof QueryFailedError && String(Object(error.driverError).code).startsWith("22");
