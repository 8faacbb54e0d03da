import DataLoader from "dataloader";
import { defaultFieldResolver, type GraphQLSchema } from "graphql";
import { type EntityTarget, In, type ObjectLiteral } from "typeorm";
import type { Reader } from "./connection.js";

/** How a room loads many at once: keys in, values or nulls out, in the same order. */
export type BatchFunction<Context, Key, Value> = (
  context: Context,
  keys: readonly Key[],
) => Promise<readonly (Value | null | Error)[]>;

/** The DataLoaders of one request, made when first asked for. Never shared: a loader remembers what it read. */
export class Loaders {
  readonly #made = new Map<unknown, DataLoader<unknown, unknown>>();

  /** The loader of this request for a batch function; the function itself is the key. */
  of<Context, Key, Value>(
    context: Context,
    batch: BatchFunction<Context, Key, Value>,
  ): DataLoader<Key, Value | null> {
    const existing = this.#made.get(batch) as DataLoader<Key, Value | null> | undefined;
    if (existing) return existing;
    const loader = new DataLoader<Key, Value | null>((keys) => batch(context, keys));
    this.#made.set(batch, loader);
    return loader;
  }

  /** Forgets everything read. */
  clear(): void {
    this.#made.clear();
  }
}

/**
 * Makes every mutation begin with empty loaders. Those of one document run one after the other, and the answer of each
 * must show what it changed, not what the one before it has read.
 */
export function applyFreshLoaders(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const inner = field.resolve ?? defaultFieldResolver;
    field.resolve = (parent, args, context: { readonly loaders: Loaders }, info) => {
      context.loaders.clear();
      return inner(parent, args, context, info);
    };
  }
}

/** Loads an entity of the tenant's by id. Call it once a module: the function that comes out names the loader. */
export const byId =
  <T extends ObjectLiteral & { id: string }>(entity: EntityTarget<T>) =>
  async ({ tenant }: { readonly tenant: Reader }, ids: readonly string[]): Promise<(T | null)[]> => {
    const found = await tenant.read((manager) =>
      manager
        .createQueryBuilder(entity, "it")
        .where({ id: In([...ids]) })
        .getMany(),
    );
    const items = new Map(found.map((item) => [item.id, item]));
    return ids.map((id) => items.get(id) ?? null);
  };
