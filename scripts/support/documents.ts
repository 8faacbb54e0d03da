import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from "graphql";

/** One root field of the graph with a document that asks for everything below it. */
export interface Operation {
  readonly kind: "query" | "mutation" | "subscription";
  readonly name: string;
  readonly document: string;
  readonly arguments: readonly GraphQLArgument[];
}

const levels = 4;

/** Every operation of a schema, found by introspection: a new one enters by existing. */
export function operationsOf(schema: GraphQLSchema): Operation[] {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  return Object.entries(roots).flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => ({
      kind: kind as Operation["kind"],
      name: field.name,
      document: documentOf(schema, kind, field),
      arguments: field.args,
    })),
  );
}

function documentOf(schema: GraphQLSchema, kind: string, field: GraphQLField<unknown, unknown>): string {
  const variables = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(", ");
  const call = given === "" ? field.name : `${field.name}(${given})`;
  return `${kind}${variables === "" ? "" : ` (${variables})`} { ${call} ${selectionOf(schema, field.type, [])} }`;
}

/** All fields that need no argument, down to `levels` and never into a type already on the way. */
function selectionOf(
  schema: GraphQLSchema,
  output: GraphQLOutputType,
  way: readonly GraphQLNamedType[],
): string {
  const type = getNamedType(output);
  if (isAbstractType(type)) {
    const parts = schema
      .getPossibleTypes(type)
      .map((part) => `... on ${part.name} ${selectionOf(schema, part, way)}`);
    return `{ __typename ${parts.join(" ")} }`;
  }
  if (!isObjectType(type)) return "";
  const fields = Object.values(type.getFields())
    .filter((field) => !field.args.some(isRequiredArgument))
    .map((field) => selectedField(schema, field, [...way, type]));
  return `{ __typename ${fields.join(" ")} }`;
}

function selectedField(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  way: readonly GraphQLNamedType[],
): string {
  const type = getNamedType(field.type);
  const composite = isObjectType(type) || isAbstractType(type);
  if (composite && (way.length >= levels || way.includes(type))) return "";
  const few = field.args.some(({ name }) => name === "first") ? "(first: 3)" : "";
  // Two types may answer different shapes under one name where an interface is spread.
  const alias = way.length === 1 ? `${way[0]?.name}_${field.name}: ` : "";
  return `${alias}${field.name}${few} ${selectionOf(schema, field.type, way)}`;
}

/** Gives the value of a scalar by the name of its argument or field and the name of its type. */
export type Chooser = (name: string, type: string) => unknown;

type Place = GraphQLArgument | GraphQLInputField;

/** Variables for an operation: whatever is required, and every id, whose value the chooser gives. */
export const variablesOf = (places: readonly Place[], choose: Chooser): Record<string, unknown> =>
  Object.fromEntries(
    places.filter(isWanted).map((place) => [place.name, valueOf(place.type, place.name, choose)]),
  );

const isWanted = (place: Place): boolean =>
  (isNonNullType(place.type) && place.defaultValue === undefined) || identities(place).length > 0;

/** The names of all places at or below this one that hold an id, or a hash that names something. */
export function identities({ name, type }: Place, way: readonly GraphQLNamedType[] = []): string[] {
  const named = getNamedType(type);
  if (named.name === "ID" || name === "hash") return [name];
  if (!isInputObjectType(named) || way.includes(named)) return [];
  return Object.values(named.getFields()).flatMap((field) => identities(field, [...way, named]));
}

function valueOf(type: GraphQLInputType, name: string, choose: Chooser): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, name, choose);
  if (isListType(type)) return [valueOf(type.ofType, name, choose)];
  if (isInputObjectType(type)) return variablesOf(Object.values(type.getFields()), choose);
  if (isEnumType(type)) return type.getValues()[0]?.name;
  return choose(name, type.name);
}
