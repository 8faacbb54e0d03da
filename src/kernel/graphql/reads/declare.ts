import type { GraphQLResolveInfo } from "graphql";
import {
  Arg,
  Args,
  type ClassType,
  Ctx,
  Extensions,
  FieldResolver,
  ID,
  Info,
  Query,
  Root,
} from "type-graphql";
import type { RequestContext } from "../../context.js";
import { connectionOf, PageArguments } from "../connection.js";
import type { Comparison, FilterConditions, PropertyOf, Rows } from "./condition.js";
import { newestFirst, type Order } from "./cursor.js";
import { type PlainArguments, plainRead } from "./plain.js";
import { preloaded } from "./preloaded.js";
import type { EntityClass, Listed, Read } from "./read.js";

/** The type of a property that a decorator below turns into a field; the class never holds a value there. */
export type Declared = never;

type Declare = (prototype: object, name: string) => void;
type Parameter = (prototype: object, name: string, index: number) => void;

interface Described {
  readonly description?: string;
  readonly nullable?: boolean;
}

/** How the fields of a filter input narrow a list. */
export interface Filter {
  readonly type: ClassType;
  readonly conditions: Readonly<Record<string, readonly [string, Comparison]>>;
}

export const filterBy = <F extends object, T extends Listed>(
  type: ClassType<F>,
  conditions: FilterConditions<F, T>,
): Filter => ({ type, conditions });

export interface ConnectionOptions<T extends Listed> extends Described {
  /** The property that holds the parent's id; none for a root field. */
  readonly key?: PropertyOf<T>;
  readonly filter?: Filter;
  /** The input `{field, direction}`, and which property each value of its enum `field` stands for. */
  readonly orderBy?: { readonly type: ClassType; readonly properties: Record<string, PropertyOf<T>> };
  /** Which rows the list holds, whatever is asked. */
  readonly rows?: Rows;
}

/** A Relay connection: a page of a list, newest first where the caller does not order it. */
export function Connection<T extends Listed>(
  entity: ClassType<T>,
  options: ConnectionOptions<T> = {},
): Declare {
  const { key = null, filter, orderBy, rows = () => [], ...described } = options;
  const read: Read = {
    kind: "connection",
    entity: entity as EntityClass,
    key,
    filter: filter?.conditions ?? {},
    filterType: filter?.type ?? null,
    orderProperties: orderBy?.properties ?? {},
    rows,
  };
  // Declared at once: type-graphql has gathered all classes when it asks a field for its type.
  const connection = connectionOf(entity);
  const type = (): ClassType => connection;
  const declareField = key === null ? Query(type, described) : FieldResolver(type, described);
  return declareRead(read, declareField as Declare, {
    page: Args(() => PageArguments),
    ...(filter && { filter: Arg("filter", () => filter.type, { nullable: true }) }),
    ...(orderBy && { orderBy: Arg("orderBy", () => orderBy.type, { nullable: true }) }),
  });
}

/** A root field that finds one by its `id`; null for a foreign id as for an unknown one. */
export function ById<T extends Listed>(entity: ClassType<T>, described: Described = {}): Declare {
  const declareField = Query(() => entity, { nullable: true, ...described }) as Declare;
  return declareRead({ kind: "byId", entity: entity as EntityClass }, declareField, {
    id: Arg("id", () => ID),
  });
}

/** The one whose id the parent holds in `key`. Where not nullable, a foreign key sees to it that it is there. */
export const ToOne = <T extends Listed>(
  entity: ClassType<T>,
  { key, ...described }: Described & { readonly key: string },
): Declare => {
  const read: Read = { kind: "toOne", entity: entity as EntityClass, key };
  return field(read, () => entity, described);
};

/** All that hold the parent's id in `key`; for lists that stay short by their nature. */
export const ToMany = <T extends Listed>(
  entity: ClassType<T>,
  {
    key,
    orderBy,
    ...described
  }: Described & { readonly key: PropertyOf<T>; readonly orderBy?: PropertyOf<T> },
): Declare => {
  const order: Order = orderBy ? { property: orderBy, direction: "ASC" } : newestFirst;
  return field({ kind: "toMany", entity: entity as EntityClass, key, order }, () => [entity], described);
};

/** The newest that holds the parent's id in `key`; null where there is none. */
export const Latest = <T extends Listed>(
  entity: ClassType<T>,
  { key, ...described }: Described & { readonly key: PropertyOf<T> },
): Declare =>
  field({ kind: "latest", entity: entity as EntityClass, key }, () => entity, {
    nullable: true,
    ...described,
  });

/** The columns that a resolver of this field looks at, so that a plan reads them and no others. */
export const Needs = (...properties: string[]): MethodDecorator => Extensions({ needs: properties });

const field = (read: Read, type: () => ClassType | [ClassType], described: Described): Declare =>
  declareRead(read, FieldResolver(type, described) as Declare);

/**
 * Gives the class a method of the property's name that answers what was read ahead, or reads it: the plain resolver.
 * type-graphql hands it the parameters in their order, so the arguments come last, as they are named in `given`.
 */
function declareRead(
  read: Read,
  declareField: Declare,
  given: Readonly<Record<string, Parameter>> = {},
): Declare {
  const resolve = plainRead(read);
  const names = Object.keys(given);
  const value = (
    root: Listed,
    context: RequestContext,
    info: GraphQLResolveInfo,
    ...values: unknown[]
  ): unknown => {
    const ahead = preloaded(root, info.path.key);
    return ahead === undefined ? resolve(root, argumentsOf(names, values), context, info) : ahead;
  };
  return (prototype, name) => {
    Object.defineProperty(prototype, name, { value });
    declareField(prototype, name);
    Extensions({ read })(prototype, name, {});
    [Root(), Ctx(), Info(), ...Object.values(given)].forEach((decorate, index) =>
      decorate(prototype, name, index),
    );
  };
}

/** The arguments as one object; those of a page lie beside the others. */
function argumentsOf(names: readonly string[], values: readonly unknown[]): PlainArguments {
  const { page, ...others } = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  return Object.assign(others, page);
}
