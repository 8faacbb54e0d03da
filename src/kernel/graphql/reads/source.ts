import { validateSync } from "class-validator";
import { type FieldNode, type GraphQLField, type GraphQLOutputType, visit } from "graphql";
import { getArgumentValues } from "graphql/execution/values.js";
import type { EntityMetadata } from "typeorm";
import type { RequestContext } from "../../context.js";
import { pageSize } from "../connection.js";
import type { Condition } from "./condition.js";
import { decodeCursor, newestFirst, type Order, type Place } from "./cursor.js";
import {
  type ConnectionArguments,
  type ConnectionRead,
  conditionsOf,
  orderOf,
  type Read,
  rowsOf,
} from "./read.js";

/**
 * Why something is left to the plain resolvers: a field of the document that is `computed` or asked for in ways that
 * `conflict`; an `argument` or a field that is `refused`; a plan that Postgres found `too-large`.
 */
type Reason = "computed" | "conflict" | "argument" | "refused" | "too-large";

/** Leaves an operation, or a part of it, to the plain resolvers. Never an error of the caller's: they give those. */
export class StepAside extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

/** A declared field of one document: which rows it leads to depends on its arguments, which come with each request. */
export interface Source {
  readonly read: Read;
  readonly field: GraphQLField<unknown, unknown>;
  readonly type: GraphQLOutputType;
  readonly node: FieldNode;
  readonly metadata: EntityMetadata;
  /** Its place among the sources of the plan. */
  readonly index: number;
  /** The id of its one row, where it is the request that says it. */
  readonly id?: ((context: RequestContext) => unknown) | undefined;
  /** What of it the statement reads: Postgres refuses parameters that a statement doesn't mention. */
  uses: "page" | "count" | "nothing";
}

/** A source with the arguments of one request: values as parameters, and what makes its SQL differ. */
export interface Bound {
  readonly conditions: readonly { readonly condition: Condition; readonly parameter: string }[];
  readonly order: Order;
  /** Items of a page; 0 for what is no page. Part of the text: Postgres plans better for a limit that it knows. */
  readonly size: number;
  /** The parameters of the place behind which a page begins. */
  readonly after: Place | null;
}

const hasNul = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(hasNul) : typeof value === "string" && value.includes("\0");

/** The parameters of a statement in the making. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Throws StepAside for text that Postgres keeps nowhere, also where the statement would not come to read it. */
  add(value: unknown): string {
    if (hasNul(value)) throw new StepAside("argument");
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Throws StepAside for arguments that the plain resolver would refuse: it says what is wrong with them. */
export function bind(
  source: Source,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
  parameters: Parameters,
): Bound {
  const { read, field } = source;
  if (read.kind === "connection") return bindConnection(source, read, variables, context, parameters);
  const granted =
    read.kind === "byId" ? [withId(argumentsOf(source, variables).id), ...rowsOf(field, context)] : [];
  if (source.id) granted.push(withId(source.id(context)));
  const order = read.kind === "toMany" ? read.order : newestFirst;
  return { conditions: bindAll(granted, parameters), order, size: 0, after: null };
}

function bindConnection(
  source: Source,
  read: ConnectionRead,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
  parameters: Parameters,
): Bound {
  const given = argumentsOf(source, variables) as unknown as ConnectionArguments;
  const order = orderOf(read, given);
  const size = checkedSize(given);
  checkFilter(read, given);
  const place = placeOf(source, given, order);
  const ofRows = source.uses === "nothing" ? new Parameters() : parameters;
  const ofPage = source.uses === "page" ? parameters : new Parameters();
  return {
    conditions: bindAll(conditionsOf(read, source.field, given, context), ofRows),
    order,
    size,
    after: place && {
      value: order.property === "id" ? "" : ofPage.add(place.value),
      id: ofPage.add(place.id),
    },
  };
}

const fixed = new WeakMap<FieldNode, Record<string, unknown>>();

/** The arguments after the rules of GraphQL; those that name no variable are worked out once a document. */
function argumentsOf(
  { field, node }: Source,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known = fixed.get(node);
  if (known) return known;
  const values = getArgumentValues(field, node, variables);
  if (!namesVariable(node)) fixed.set(node, values);
  return values;
}

function namesVariable({ arguments: given = [] }: FieldNode): boolean {
  let found = false;
  const note = (): void => {
    found = true;
  };
  for (const argument of given) visit(argument, { Variable: note });
  return found;
}

const withId = (value: unknown): Condition => ({ property: "id", comparison: "equal", value });

const bindAll = (conditions: readonly Condition[], parameters: Parameters): Bound["conditions"] =>
  conditions.map((condition) => ({
    condition,
    parameter: condition.comparison === "absent" ? "" : parameters.add(condition.value),
  }));

function checkedSize(given: ConnectionArguments): number {
  const size = pageSize(given);
  if (size < 1 || size > 100) throw new StepAside("argument");
  return size;
}

function checkFilter({ filterType }: ConnectionRead, { filter }: ConnectionArguments): void {
  if (!filterType || filter === null || filter === undefined) return;
  const faults = validateSync(Object.assign(new filterType(), filter), { forbidUnknownValues: false });
  if (faults.length > 0) throw new StepAside("argument");
}

function placeOf({ metadata }: Source, { after }: ConnectionArguments, order: Order): Place | null {
  if (after === null || after === undefined) return null;
  try {
    return decodeCursor(after, metadata.name, order);
  } catch {
    throw new StepAside("argument");
  }
}

/** What makes the SQL of a bound source differ from that of the same source with other arguments. */
export const shapeOf = ({ conditions, order, size, after }: Bound): string => {
  const narrowed = conditions.map(({ condition }) => `${condition.property} ${condition.comparison}`);
  return `${size} ${order.property} ${order.direction} ${after !== null} ${narrowed.join(",")}`;
};
