import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";
import { defaultFirst } from "./connection.js";

/**
 * `extensions.cost` of a field: what it costs by itself, and the argument that multiplies it and all below it.
 * The argument is dotted (`input.rows`); a number counts as itself, a list by its length.
 */
export type FieldCost = number | { value?: number; multiplier?: string };

type AnyField = GraphQLField<unknown, unknown>;

/** A selection set's price: once, and for each item of the list its parent gives. */
interface Price {
  once: number;
  perItem: number;
}

type Variables = Readonly<Record<string, unknown>>;

/** Prices each fragment once, so a fragment bomb is priced in time linear to its length. */
class Pricing {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly prices = new Map<string, Price>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Variables,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  ofSet(set: SelectionSetNode, parent: GraphQLNamedType | null | undefined): Price {
    const total: Price = { once: 0, perItem: 0 };
    for (const selection of set.selections) {
      const price = this.ofSelection(selection, parent);
      total.once += price.once;
      total.perItem += price.perItem;
    }
    return total;
  }

  private ofSelection(selection: SelectionNode, parent: GraphQLNamedType | null | undefined): Price {
    if (selection.kind === Kind.FIELD) return this.ofField(selection, parent);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.ofFragment(selection.name.value);
    const condition = selection.typeCondition;
    return this.ofSet(selection.selectionSet, condition ? this.schema.getType(condition.name.value) : parent);
  }

  private ofFragment(name: string): Price {
    const known = this.prices.get(name);
    if (known) return known;
    const fragment = this.fragments.get(name);
    if (!fragment) return { once: 0, perItem: 0 };
    const price = this.ofSet(fragment.selectionSet, this.schema.getType(fragment.typeCondition.name.value));
    this.prices.set(name, price);
    return price;
  }

  /** Introspection is free: it touches no data, and depth, aliases and tokens bound it already. */
  private ofField(node: FieldNode, parent: GraphQLNamedType | null | undefined): Price {
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (!field) return { once: 0, perItem: 0 };
    const type = getNamedType(field.type);
    const below =
      node.selectionSet && isCompositeType(type)
        ? this.ofSet(node.selectionSet, type)
        : { once: 0, perItem: 0 };
    const list = isListType(getNullableType(field.type));
    const price = this.priceOf(node, field, below, list);
    return list ? { once: 0, perItem: price } : { once: price, perItem: 0 };
  }

  /** What a field and all below it cost, by its own declaration, else by its paging arguments. */
  private priceOf(node: FieldNode, field: AnyField, below: Price, list: boolean): number {
    const { value = 1, multiplier } = declaredCost(field);
    const all = below.once + below.perItem;
    if (multiplier !== undefined) return this.times(node, field, [multiplier]) * (value + all);
    const paging = field.args.map(({ name }) => name).filter((name) => name === "first" || name === "last");
    if (paging.length === 0) return value + all;
    const times = this.times(node, field, paging);
    // In a connection only the lists (`edges`, `nodes`) repeat; `totalCount` and `pageInfo` come once.
    return value + (list ? times * all : below.once + times * below.perItem);
  }

  /** Never below 1, or a negative `first` would pay for the rest of the operation. */
  private times(node: FieldNode, field: AnyField, paths: readonly string[]): number {
    const counts = paths
      .map((path) => countOf(this.argument(node, field, path)))
      .filter((count) => count !== null);
    return Math.max(1, ...(counts.length > 0 ? counts : [defaultFirst]));
  }

  private argument(node: FieldNode, field: AnyField, path: string): unknown {
    const [name, ...rest] = path.split(".");
    const given = node.arguments?.find((argument) => argument.name.value === name);
    const value = given
      ? valueFromASTUntyped(given.value, this.variables)
      : field.args.find((argument) => argument.name === name)?.defaultValue;
    return rest.reduce((inner: unknown, key) => Object(inner)[key], value);
  }
}

const countOf = (value: unknown): number | null => {
  if (typeof value === "number") return value;
  return Array.isArray(value) ? value.length : null;
};

function declaredCost(field: AnyField): { value?: number; multiplier?: string } {
  const declared = field.extensions.cost as FieldCost | undefined;
  return typeof declared === "number" ? { value: declared } : (declared ?? {});
}

/**
 * The price of one operation before it runs: 1 a field (or its `extensions.cost`), lists times their length.
 * An upper bound: fields asked twice count twice, all branches of a union count, `@skip` is not looked at.
 * The document must be validated, else a cycle of fragments would not end.
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const defaults = (operation.variableDefinitions ?? []).map(
    ({ variable, defaultValue }): [string, unknown] => [
      variable.name.value,
      defaultValue ? valueFromASTUntyped(defaultValue) : undefined,
    ],
  );
  const pricing = new Pricing(schema, document, { ...Object.fromEntries(defaults), ...variables });
  const { once, perItem } = pricing.ofSet(operation.selectionSet, schema.getRootType(operation.operation));
  return once + perItem;
}
