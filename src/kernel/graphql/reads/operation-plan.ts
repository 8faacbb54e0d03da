import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";
import type { RequestContext } from "../../context.js";
import { type Asked, Draft, Naming } from "./draft.js";
import { type JsonField, planJson } from "./json-plan.js";
import { type Place, placeOf, readOf } from "./read.js";
import { planRows, type RowField } from "./row-plan.js";
import type { Selection } from "./selection.js";
import { type Bound, bind, Parameters, type Source, StepAside, shapeOf } from "./source.js";
import { type OfContext, planValue, type ValueField } from "./value-plan.js";

/** How one root field is answered. */
export type RootField = { readonly key: string } & (
  | { readonly by: "constant"; readonly json: string }
  | { readonly by: "value"; readonly plan: ValueField }
  | { readonly by: "json"; readonly place: Place; readonly plan: JsonField }
  | { readonly by: "rows"; readonly place: Place; readonly plan: RowField }
  | { readonly by: "resolver" }
);

/** One statement with its parameters, and the sources as they were bound for it. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly bound: readonly Bound[];
}

/** A query as it is answered: what Postgres writes, what it reads ahead, and what is left to the resolvers. */
export interface OperationPlan {
  readonly fields: readonly RootField[];
  readonly places: readonly Place[];
  /** The document with only what graphql-js still has to do; null where that is nothing. */
  readonly rest: DocumentNode | null;
  /** Throws StepAside for arguments that a plain resolver must refuse. */
  statement(place: Place, variables: Readonly<Record<string, unknown>>, context: RequestContext): Statement;
}

/** Plans an operation; the fields that cannot be planned are left to their resolvers. */
export function planOperation(
  schema: GraphQLSchema,
  database: DataSource,
  selection: Selection,
  document: DocumentNode,
): OperationPlan {
  const type = schema.getQueryType() as GraphQLObjectType;
  const draft = new Draft(selection, database);
  const roots = [...selection.root(type)].map(([key, nodes]) => rootField(draft, type, key, nodes));
  const fields = roots.map(({ field }) => field);
  const nodes = roots
    .filter(({ field }) => field.by === "rows" || field.by === "resolver")
    .flatMap((root) => root.nodes);
  const places = [...new Set(fields.flatMap(columnsOf).map(({ place }) => place))];
  return {
    fields,
    places,
    rest: nodes.length > 0 ? restOf(document, selection.operation, nodes) : null,
    statement: statements(fields, draft.sources),
  };
}

interface Root {
  readonly field: RootField;
  readonly nodes: readonly FieldNode[];
}

function rootField(draft: Draft, type: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): Root {
  const name = nodes[0]?.name.value ?? "";
  if (name === "__typename")
    return { nodes, field: { key, by: "constant", json: JSON.stringify(type.name) } };
  const asked: Asked = { key, name, nodes, field: type.getFields()[name] };
  const value = asked.field?.extensions.ofContext as OfContext | undefined;
  const written = value && attempt(draft, () => planValue(draft, value, asked));
  if (written) return { nodes, field: { key, by: "value", plan: written } };
  const read = asked.field && readOf(asked.field);
  if (!read) return { nodes, field: { key, by: "resolver" } };
  const place = placeOf(read);
  const json = attempt(draft, () => planJson(draft, read, asked));
  if (json) return { nodes, field: { key, by: "json", place, plan: json } };
  const rows = attempt(draft, () => planRows(draft, read, asked));
  return { nodes, field: rows ? { key, by: "rows", place, plan: rows } : { key, by: "resolver" } };
}

/** Null where the plan steps aside; the sources it had found until then are forgotten. */
function attempt<T>(draft: Draft, plan: () => T): T | null {
  const before = draft.sources.length;
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof StepAside)) throw error;
    draft.sources.length = before;
    return null;
  }
}

function restOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  nodes: readonly FieldNode[],
): DocumentNode {
  const pruned = { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: nodes } } as const;
  const others = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return { kind: Kind.DOCUMENT, definitions: [pruned, ...others] };
}

/** Characters of SQL kept for all plans together: a caller can have a text written for every size of a page. */
const keptCharacters = 16 * 1024 * 1024;

const texts = new LRUCache<string, string>({
  maxSize: keptCharacters,
  sizeCalculation: (text, key) => text.length + key.length,
});

let plans = 0;

/** Writes the SQL once a shape of arguments; values are bound each time. */
function statements(fields: readonly RootField[], sources: readonly Source[]): OperationPlan["statement"] {
  const plan = (plans += 1);
  const places = sources.map(({ read }) => placeOf(read));
  return (place, variables, context) => {
    const parameters = new Parameters();
    const bound = sources.map((source, index) =>
      places[index] === place ? bind(source, variables, context, parameters) : unbound,
    );
    const shape = `${plan} ${place} ${bound.map((one) => (one === unbound ? "" : shapeOf(one))).join("|")}`;
    const known = texts.get(shape);
    const text = known ?? textOf(fields, place, new Naming(bound));
    if (known === undefined) texts.set(shape, text);
    return { text, values: parameters.values, bound };
  };
}

/** Stands in for a source of the other statement. */
const unbound = {} as Bound;

/** Each field is a column of text, in the answer's order. */
function textOf(fields: readonly RootField[], place: Place, naming: Naming): string {
  const columns = readAt(fields, place).map(({ plan }, index) => `(${plan.sql(naming)})::text as "${index}"`);
  return `select ${columns.join(", ")}`;
}

/** What a statement reads for a field: all of it, or one of those below. */
interface Column {
  readonly place: Place;
  readonly plan: { readonly sql: (naming: Naming) => string };
}

function columnsOf(field: RootField): readonly Column[] {
  if (field.by === "value") return field.plan.reads;
  return "place" in field ? [field] : [];
}

/** What the statement of a place reads, in the order of its columns. */
const readAt = (fields: readonly RootField[], place: Place): Column[] =>
  fields.flatMap(columnsOf).filter((column) => column.place === place);

/** The text that a place's statement gave for a column. */
export const answerText = (
  fields: readonly RootField[],
  column: Column,
  row: readonly (string | null)[],
): string => row[readAt(fields, column.place).indexOf(column)] ?? "null";
