import {
  type FieldNode,
  type GraphQLOutputType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { RequestContext } from "../../context.js";
import type { Asked, Draft } from "./draft.js";
import { readOf } from "./read.js";
import { StepAside } from "./source.js";

/** What a root field shows of the request alone: known at once, read from nowhere. */
export type OfContext = (context: RequestContext) => object;

/** A root field whose answer is written from what the request itself says. */
export interface ValueField {
  readonly json: (context: RequestContext) => string;
}

type Write = (value: unknown) => string;

/** Plans a field of which nothing below is computed. Throws StepAside for any other. */
export function planValue(draft: Draft, value: OfContext, { field, nodes }: Asked): ValueField {
  if (!field) throw new StepAside("computed");
  const write = writerOf(draft, field.type, nodes);
  return { json: (context) => write(value(context)) };
}

/** Writes values of a type as graphql-js completes them; where it would give an error, the plan steps aside. */
function writerOf(draft: Draft, type: GraphQLOutputType, nodes: readonly FieldNode[]): Write {
  const write = ofNullable(draft, getNullableType(type), nodes);
  const isRequired = isNonNullType(type);
  return (value) => {
    if (value !== null && value !== undefined) return write(value);
    if (isRequired) throw new StepAside("computed");
    return "null";
  };
}

function ofNullable(draft: Draft, type: GraphQLOutputType, nodes: readonly FieldNode[]): Write {
  if (isLeafType(type)) return (value) => JSON.stringify(type.serialize(value));
  if (isListType(type)) {
    const item = writerOf(draft, type.ofType, nodes);
    return (value) => `[${(value as unknown[]).map(item).join(",")}]`;
  }
  if (!isObjectType(type)) throw new StepAside("computed");
  const fields = draft.asked(type, nodes).map((asked): [string, string, Write] => {
    const name = JSON.stringify(asked.key);
    if (!asked.field) return [name, "", () => JSON.stringify(type.name)];
    if (asked.field.extensions.computed || readOf(asked.field)) throw new StepAside("computed");
    return [name, asked.name, writerOf(draft, asked.field.type, asked.nodes)];
  });
  return (value) => {
    const properties = value as Record<string, unknown>;
    return `{${fields.map(([name, property, write]) => `${name}:${write(properties[property])}`).join(",")}}`;
  };
}
