import type { ExecutionResult, GraphQLError } from "graphql";
import type { RequestContext } from "../../context.js";
import type { RawRow } from "../../database/tenant-read.js";
import {
  answerText,
  type OperationPlan,
  type Place,
  type RootField,
  type Statement,
} from "./operation-plan.js";
import { readAhead } from "./preloaded.js";

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
  const parts = fields.map((field) => {
    const json = field.by === "value" ? field.plan.json(context) : fieldJson(fields, field, rows, answered);
    // A name of GraphQL has nothing in it that JSON would escape.
    return `"${field.key}":${json}`;
  });
  return `{${parts.join(",")}}`;
}

function fieldJson(
  fields: readonly RootField[],
  field: Exclude<RootField, { by: "value" }>,
  rows: ReadRows,
  answered: Values,
): string {
  if (field.by === "constant") return field.json;
  if (field.by !== "json") return JSON.stringify(answered[field.key]);
  const text = answerText(fields, field, rows[field.place]?.row ?? []);
  return field.plan.approximate ? JSON.stringify(JSON.parse(text)) : text;
}
