import type { GraphQLField, GraphQLResolveInfo } from "graphql";
import { type EntityManager, In } from "typeorm";
import type { RequestContext } from "../../context.js";
import { narrowed, page, type Reader } from "../connection.js";
import type { BatchFunction } from "../loaders.js";
import type { Condition } from "./condition.js";
import {
  type ByIdRead,
  type ConnectionArguments,
  type ConnectionRead,
  conditionsOf,
  type EntityClass,
  isOfControl,
  type LatestRead,
  type Listed,
  orderOf,
  type Read,
  rowsOf,
  type ToManyRead,
} from "./read.js";

/** The arguments of whichever read it is, validated. */
export type PlainArguments = Partial<ConnectionArguments> & { readonly id?: string | undefined };

type Resolve = (
  root: Listed,
  args: PlainArguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
) => unknown;

/** Where an entity is read by this request. A rule has made sure that there is a tenant. */
function readerOf(entity: EntityClass, { control, tenant }: RequestContext): Reader {
  if (isOfControl(entity)) return control;
  if (tenant === null) throw new Error(`${entity.name} was asked for outside of any tenant.`);
  return tenant;
}

/**
 * The resolver of a declared field, row by row and through DataLoaders: what the planner falls back to, and what its
 * answers are compared with.
 */
export function plainRead(read: Read): Resolve {
  if (read.kind === "connection") return connection(read);
  if (read.kind === "byId") return one(read);
  if (read.kind === "toOne") {
    const batch = byId(read.entity);
    return (root, _args, context) => {
      const id = (root as Record<string, unknown>)[read.key] as string | null;
      return id === null ? null : context.loaders.of(context, batch).load(id);
    };
  }
  const batch: BatchFunction<RequestContext, string, unknown> =
    read.kind === "latest" ? latestByKey(read) : manyByKey(read);
  return (root, _args, context) => context.loaders.of(context, batch).load(root.id);
}

const batches = new Map<EntityClass, BatchFunction<RequestContext, string, Listed>>();

/** One batch function an entity, so that all fields that lead to it share a loader. */
function byId(entity: EntityClass): BatchFunction<RequestContext, string, Listed> {
  const known =
    batches.get(entity) ??
    batchOf(entity, async (manager, ids) => {
      const found = await manager
        .createQueryBuilder(entity, "it")
        .where({ id: In(ids) })
        .getMany();
      const items = new Map(found.map((item) => [item.id, item]));
      return (id) => items.get(id) ?? null;
    });
  batches.set(entity, known);
  return known;
}

const fieldOf = ({
  parentType,
  fieldName,
}: GraphQLResolveInfo): Pick<GraphQLField<unknown, unknown>, "extensions"> =>
  parentType.getFields()[fieldName] ?? { extensions: {} };

const one =
  ({ entity }: ByIdRead): Resolve =>
  (_root, { id }, context, info) => {
    const granted = rowsOf(fieldOf(info), context);
    const conditions: Condition[] = [{ property: "id", comparison: "equal", value: id }, ...granted];
    return readerOf(entity, context).read((manager) => narrowed(manager, { entity, conditions }).getOne());
  };

const connection =
  (read: ConnectionRead): Resolve =>
  (root, args, context, info) => {
    const given = args as ConnectionArguments;
    const conditions = conditionsOf(read, fieldOf(info), given, context);
    if (read.key !== null) conditions.unshift({ property: read.key, comparison: "equal", value: root.id });
    return page(
      readerOf(read.entity, context),
      { entity: read.entity, order: orderOf(read, given), conditions },
      given,
    );
  };

const manyByKey = ({ entity, key, order }: ToManyRead): BatchFunction<RequestContext, string, Listed[]> =>
  batchOf(entity, async (manager, ids) => {
    const found = await manager.find(entity, {
      where: { [key]: In(ids) },
      order: { [order.property]: order.direction, id: order.direction },
    });
    // Looked through once, not once an id: a page of trainings has a thousand epochs each.
    const items = Map.groupBy(found, (item) => item[key]);
    return (id) => items.get(id) ?? [];
  });

const latestByKey = ({ entity, key }: LatestRead): BatchFunction<RequestContext, string, Listed> =>
  batchOf(entity, async (manager, ids) => {
    const found = await manager
      .createQueryBuilder(entity, "it")
      .distinctOn([`it.${key}`])
      .where({ [key]: In(ids) })
      .orderBy(`it.${key}`)
      .addOrderBy("it.id", "DESC")
      .getMany();
    const latest = new Map(found.map((item) => [item[key] as string, item]));
    return (id) => latest.get(id) ?? null;
  });

/** A batch function that reads once for all ids, then picks each one's part. */
const batchOf =
  <Value>(
    entity: EntityClass,
    find: (manager: EntityManager, ids: string[]) => Promise<(id: string) => Value | null>,
  ): BatchFunction<RequestContext, string, Value> =>
  async (context, ids) => {
    const pick = await readerOf(entity, context).read((manager) => find(manager, [...ids]));
    return ids.map(pick);
  };
