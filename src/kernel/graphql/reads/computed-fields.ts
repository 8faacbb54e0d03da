import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from "graphql";
import { getMetadataStorage } from "type-graphql";

/**
 * Tells fields that show a property of their parent from computed ones: the former lose their resolver, for which
 * graphql-js' own does the same without a promise or an object a call; the latter are marked `computed`.
 */
export function tellComputedFields(schema: GraphQLSchema): void {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const names = new Map(objectTypes.map(({ target, name }) => [target, name]));
  const computed = new Set(
    fieldResolvers
      .filter(({ target, methodName }) => !isGetter(target.prototype as object, methodName))
      .map(({ getObjectType, methodName }) => `${names.get(getObjectType?.() as never)}.${methodName}`),
  );
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__") || isRoot(schema, type.name)) continue;
    for (const field of Object.values(type.getFields())) {
      if (computed.has(`${type.name}.${field.name}`))
        field.extensions = { ...field.extensions, computed: true };
      else delete field.resolve;
      if (isListOfThings(field)) field.resolve = itemsInTurn(field.resolve);
    }
  }
}

/** Type-graphql takes a getter for a resolver; it is read like any property. */
const isGetter = (prototype: object, name: string): boolean =>
  Object.getOwnPropertyDescriptor(prototype, name)?.get !== undefined;

type AnyField = GraphQLField<unknown, unknown>;

/** Whether items of the list may have to be waited for: things with ids lead to others. */
function isListOfThings({ type }: AnyField): boolean {
  const named = getNamedType(type);
  if (!isListType(getNullableType(type)) || !isObjectType(named)) return false;
  return named.name.endsWith("Edge") || named.getInterfaces().some(({ name }) => name === "Node");
}

/**
 * Gives each item as a promise. Where one item fails at once, graphql-js abandons those before it that are still
 * waited for, and a rejection of theirs that nobody handles ends the process.
 */
const itemsInTurn =
  (inner: AnyField["resolve"] = defaultFieldResolver): AnyField["resolve"] =>
  async (...given) => {
    const items: unknown = await inner(...given);
    return Array.isArray(items) ? items.map((item) => Promise.resolve(item)) : items;
  };

const isRoot = (schema: GraphQLSchema, name: string): boolean =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some(
    (type) => type?.name === name,
  );
