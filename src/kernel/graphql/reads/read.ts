import type { GraphQLField } from "graphql";
import type { ClassType } from "type-graphql";
import { getMetadataArgsStorage, type ObjectLiteral } from "typeorm";
import type { RequestContext } from "../../context.js";
import type { PageArguments } from "../connection.js";
import { type Condition, filterConditions, type Rows } from "./condition.js";
import { newestFirst, type Order } from "./cursor.js";

/** An entity that the graph shows: it has a table, and an id of its own. */
export type Listed = ObjectLiteral & { id: string };
export type EntityClass<T extends Listed = Listed> = ClassType<T>;

interface ReadOf {
  readonly entity: EntityClass;
}

/** A root field that finds one by its argument `id`; null for a foreign id as for an unknown one. */
export interface ByIdRead extends ReadOf {
  readonly kind: "byId";
}

/** The one whose id the parent holds in its property `key`. */
export interface ToOneRead extends ReadOf {
  readonly kind: "toOne";
  readonly key: string;
}

/** All that hold the parent's id in their property `key`; for lists that stay short. */
export interface ToManyRead extends ReadOf {
  readonly kind: "toMany";
  readonly key: string;
  readonly order: Order;
}

/** The newest that holds the parent's id in its property `key`. */
export interface LatestRead extends ReadOf {
  readonly kind: "latest";
  readonly key: string;
}

/** A page of a list; of a root field where `key` is null, else of those that hold the parent's id in it. */
export interface ConnectionRead extends ReadOf {
  readonly kind: "connection";
  readonly key: string | null;
  readonly filter: Readonly<Record<string, readonly [string, Condition["comparison"]]>>;
  readonly filterType: ClassType | null;
  readonly orderProperties: Readonly<Record<string, string>>;
  readonly rows: Rows;
}

/** What a field declares of the rows behind it. The plain resolver and the planner both come from this. */
export type Read = ByIdRead | ToOneRead | ToManyRead | LatestRead | ConnectionRead;

export interface ConnectionArguments extends PageArguments {
  readonly filter?: object | null;
  readonly orderBy?: { readonly field: string; readonly direction: Order["direction"] } | null;
}

type AnyField = Pick<GraphQLField<unknown, unknown>, "extensions">;

export const readOf = ({ extensions }: AnyField): Read | undefined => extensions.read as Read | undefined;

export const orderOf = ({ orderProperties }: ConnectionRead, { orderBy }: ConnectionArguments): Order => {
  const property = orderBy && orderProperties[orderBy.field];
  return property ? { property, direction: orderBy.direction } : newestFirst;
};

/** What narrows a list, its key apart: the rule's rows, the list's own, then the caller's filter. */
export const conditionsOf = (
  read: ConnectionRead,
  field: AnyField,
  { filter }: ConnectionArguments,
  context: RequestContext,
): Condition[] => [
  ...rowsOf(field, context),
  ...read.rows(context),
  ...filterConditions(read.filter, filter),
];

/** The rows that the field's rule grants; all where it says nothing of rows. */
export const rowsOf = ({ extensions }: AnyField, context: RequestContext): readonly Condition[] =>
  (extensions.rule as { readonly rows?: Rows } | undefined)?.rows?.(context) ?? [];

/** Where rows are read: each place takes one statement an operation. */
export type Place = "tenant" | "control";

export const placeOf = ({ entity }: Read): Place => (isOfControl(entity) ? "control" : "tenant");

/** Whether an entity's table is in the control schema, and not in a tenant's. */
export const isOfControl = (entity: EntityClass): boolean =>
  getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.schema === "control";
