import { IsOptional, Max, Min } from "class-validator";
import {
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  QueryFailedError,
  type SelectQueryBuilder,
} from "typeorm";
import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import { badInput } from "../errors.js";
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

/** Declares `{Name}Connection` and `{Name}Edge` for an object type. */
export function connectionOf<T extends object>(node: ClassType<T>, name: string): ClassType<Page<T>> {
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

/**
 * How a list is ordered: a property of the entity that is never null, and never text of the caller's. Ties are
 * broken by id.
 */
export interface Order {
  property: string;
  direction: "ASC" | "DESC";
}

/** Where a list is read: a tenant's scope or the control plane. */
export interface Reader {
  read<T>(body: (manager: EntityManager) => Promise<T>): Promise<T>;
}

type Narrow<T extends ObjectLiteral> = (query: SelectQueryBuilder<T>) => void;

interface Row<T> {
  node: T;
  cursor: string;
}

/** One page of an entity, read by keyset, so that deep pages cost what the first does. */
export async function page<T extends ObjectLiteral & { id: string }>(
  reader: Reader,
  entity: EntityTarget<T>,
  { first, after }: PageArguments,
  {
    order = { property: "id", direction: "DESC" },
    narrow = () => {},
  }: { order?: Order; narrow?: Narrow<T> } = {},
): Promise<Page<T>> {
  const size = first ?? defaultFirst;
  const start = after === undefined || after === null ? null : decodeCursor(after, order);
  const rows = await reader.read((manager) => {
    const query = manager.createQueryBuilder(entity, "it");
    narrow(query);
    return rowsOf(query, order, start, size + 1);
  });
  const edges = rows.slice(0, size);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: start !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    // A getter, so that only who selects the field pays for the count.
    get totalCount() {
      return reader.read((manager) => {
        const query = manager.createQueryBuilder(entity, "it");
        narrow(query);
        return query.getCount();
      });
    },
  };
}

async function rowsOf<T extends ObjectLiteral & { id: string }>(
  query: SelectQueryBuilder<T>,
  order: Order,
  start: string[] | null,
  limit: number,
): Promise<Row<T>[]> {
  const { property, direction } = order;
  if (start) seek(query, order, start);
  if (property !== "id") query.addOrderBy(`it.${property}`, direction);
  // As the database writes it: a Date has no microseconds, and a cursor cut short skips rows or repeats them.
  query.addSelect(`cast(it.${property} as text)`, "cursor_value").addOrderBy("it.id", direction).limit(limit);
  const { entities, raw } = await query
    .getRawAndEntities<{ cursor_value: string }>()
    .catch((error: unknown) => {
      throw start && isDataException(error) ? notOurs() : error;
    });
  return entities.map((node, index) => ({
    node,
    cursor: encodeCursor(order, raw[index]?.cursor_value ?? "", node.id),
  }));
}

function seek<T extends ObjectLiteral>(query: SelectQueryBuilder<T>, order: Order, start: string[]): void {
  const sign = order.direction === "ASC" ? ">" : "<";
  const [value, id] = start;
  if (order.property === "id") query.andWhere(`it.id ${sign} :cursorId`, { cursorId: id });
  else
    query.andWhere(
      `(it.${order.property} ${sign} :cursorValue or (it.${order.property} = :cursorValue and it.id ${sign} :cursorId))`,
      { cursorValue: value, cursorId: id },
    );
}

const encodeCursor = ({ property }: Order, value: string, id: string): string =>
  Buffer.from(JSON.stringify([property, value, id])).toString("base64url");

/** Throws BAD_USER_INPUT for a cursor we did not make, or one made for another order. */
function decodeCursor(cursor: string, { property }: Order): string[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (
      Array.isArray(parsed) &&
      parsed.length === 3 &&
      parsed.every((part) => typeof part === "string") &&
      parsed[0] === property
    )
      return parsed.slice(1);
  } catch {
    // Falls through to the one answer for every cursor that is not ours.
  }
  throw notOurs();
}

const notOurs = (): Error =>
  badInput("after", "This cursor is not one of this list in this order. Pass an endCursor of its pageInfo.");

/** Class 22 of Postgres' errors: a forged cursor can hold text that is no date, no number, or has a NUL. */
const isDataException = (error: unknown): boolean =>
  error instanceof QueryFailedError && String(Object(error.driverError).code).startsWith("22");
