import type { ExecutionResult, GraphQLError } from "graphql";
import type { RequestContext } from "../../context.js";
import type { RawRow } from "../../database/tenant-read.js";
import { answerText, type OperationPlan, type RootField, type Statement } from "./operation-plan.js";
import { readAhead } from "./preloaded.js";
import type { Place } from "./read.js";
import type { JsonColumn } from "./value-plan.js";

type Values = Readonly<Record<string, unknown>>;

/** An answer whose data is JSON text already, so that nobody has to build it as objects first. */
interface WrittenAnswer {
  readonly json: string;
  readonly errors?: readonly GraphQLError[] | undefined;
}

export type Answer = WrittenAnswer | ExecutionResult;

/** What the statements of a plan read. */
export type ReadRows = { [P in Place]?: { readonly row: RawRow; readonly statement: Statement } };

/** The root value from which graphql-js goes on: what was read ahead for its fields lies beside it. */
export function aheadOf({ fields }: OperationPlan, rows: ReadRows): object {
  const root = {};
  const ahead = fields.flatMap((field): [string, unknown][] => {
    const read = field.by === "rows" ? rows[field.place] : undefined;
    if (!read || field.by !== "rows") return [];
    return [
      [field.key, field.plan.value(JSON.parse(answerText(fields, field, read.row)), read.statement.bound)],
    ];
  });
  readAhead(root, new Map(ahead));
  return root;
}

/** The data as JSON: what Postgres wrote and what graphql-js answered, in the order of the fields. */
export function written(
  fields: readonly RootField[],
  rows: ReadRows,
  context: RequestContext,
  answered: Values,
): string {
  const textOf = (column: JsonColumn): string => {
    const text = answerText(fields, column, rows[column.place]?.row ?? []);
    return column.plan.approximate ? JSON.stringify(JSON.parse(text)) : text;
  };
  // A name of GraphQL has nothing in it that JSON would escape.
  const parts = fields.map((field) => `"${field.key}":${fieldJson(field, textOf, context, answered)}`);
  return `{${parts.join(",")}}`;
}

function fieldJson(
  field: RootField,
  textOf: (column: JsonColumn) => string,
  context: RequestContext,
  answered: Values,
): string {
  if (field.by === "constant") return field.json;
  if (field.by === "value") return field.plan.json(context, textOf);
  return field.by === "json" ? textOf(field) : JSON.stringify(answered[field.key]);
}
