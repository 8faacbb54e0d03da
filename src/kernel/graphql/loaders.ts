import DataLoader from "dataloader";
import { defaultFieldResolver, type GraphQLSchema } from "graphql";

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
