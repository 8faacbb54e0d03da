import { Max, Min } from "class-validator";
import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from "typeorm";
import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import { badInput } from "../errors.js";
import { SafeInt } from "./scalars.js";

/** Where a page begins and how long it is, after the Relay Cursor Connections specification. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, { defaultValue: 20, nullable: true, description: "At most 100." })
  @Min(1)
  @Max(100)
  first = 20;

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

/** How a list is ordered: a property of the entity, never text of the caller's. Ties are broken by id. */
export interface Order {
  property: string;
  direction: "ASC" | "DESC";
}

/** Where a list is read: a tenant's scope or the control plane. */
export interface Reader {
  read<T>(body: (manager: EntityManager) => Promise<T>): Promise<T>;
}

type Narrow<T extends ObjectLiteral> = (query: SelectQueryBuilder<T>) => void;

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
  const start = after === undefined || after === null ? null : decodeCursor(after, order);
  const rows = await reader.read((manager) => {
    const query = manager.createQueryBuilder(entity, "it");
    narrow(query);
    if (start) seek(query, order, start);
    if (order.property !== "id") query.addOrderBy(`it.${order.property}`, order.direction);
    return query
      .addOrderBy("it.id", order.direction)
      .take(first + 1)
      .getMany();
  });
  const nodes = rows.slice(0, first);
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor(node, order) }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > first,
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

function encodeCursor(node: ObjectLiteral & { id: string }, { property }: Order): string {
  const value: unknown = node[property];
  const text = value instanceof Date ? value.toISOString() : String(value);
  return Buffer.from(JSON.stringify([property, text, node.id])).toString("base64url");
}

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
  throw badInput(
    "after",
    "This cursor is not one of this list in this order. Pass an endCursor of its pageInfo.",
  );
}
