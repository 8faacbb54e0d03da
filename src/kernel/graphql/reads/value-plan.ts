import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { RequestContext } from "../../context.js";
import type { Asked, Draft } from "./draft.js";
import { type JsonField, planJson } from "./json-plan.js";
import { type Place, placeOf, type Read, readOf } from "./read.js";
import { StepAside } from "./source.js";

/** What a root field shows of the request alone: known at once, read from nowhere. */
export type OfContext = (context: RequestContext) => object;

/** JSON text that the statement of a place reads. */
export interface JsonColumn {
  readonly place: Place;
  readonly plan: JsonField;
}

/** A root field whose answer is written from what the request itself says. */
export interface ValueField {
  /** The rows below it whose ids the request says, e.g. the user who asks. */
  readonly reads: readonly JsonColumn[];
  readonly json: (context: RequestContext, textOf: TextOf) => string;
}

type TextOf = (read: JsonColumn) => string;
type Write = (value: unknown, textOf: TextOf) => string;

/** Plans a field of which nothing below is computed. Throws StepAside for any other. */
export function planValue(draft: Draft, value: OfContext, { field, nodes }: Asked): ValueField {
  if (!field) throw new StepAside("computed");
  const writers = new Writers(draft, value);
  const write = writers.of(field.type, nodes);
  return { reads: writers.reads, json: (context, textOf) => write(value(context), textOf) };
}

class Writers {
  readonly reads: JsonColumn[] = [];
  #depth = 0;

  constructor(
    private readonly draft: Draft,
    private readonly value: OfContext,
  ) {}

  /** Writes values of a type as graphql-js completes them; where it would give an error, the plan steps aside. */
  of(type: GraphQLOutputType, nodes: readonly FieldNode[]): Write {
    const write = this.#nullable(getNullableType(type), nodes);
    const isRequired = isNonNullType(type);
    return (value, textOf) => {
      if (value !== null && value !== undefined) return write(value, textOf);
      if (isRequired) throw new StepAside("computed");
      return "null";
    };
  }

  #nullable(type: GraphQLOutputType, nodes: readonly FieldNode[]): Write {
    if (isLeafType(type)) return (value) => JSON.stringify(type.serialize(value));
    if (isListType(type)) {
      const item = this.of(type.ofType, nodes);
      return (value, textOf) => `[${(value as unknown[]).map((each) => item(each, textOf)).join(",")}]`;
    }
    if (!isObjectType(type)) throw new StepAside("computed");
    this.#depth += 1;
    const fields = this.draft.asked(type, nodes).map((asked) => this.#field(type, asked));
    this.#depth -= 1;
    return (value, textOf) => `{${fields.map((write) => write(value, textOf)).join(",")}}`;
  }

  #field(type: GraphQLObjectType, asked: Asked): Write {
    const name = JSON.stringify(asked.key);
    if (!asked.field) return () => `${name}:${JSON.stringify(type.name)}`;
    const read = readOf(asked.field);
    if (read) {
      const below = this.#read(read, asked);
      return (_value, textOf) => `${name}:${textOf(below)}`;
    }
    if (asked.field.extensions.computed) throw new StepAside("computed");
    const write = this.of(asked.field.type, asked.nodes);
    return (value, textOf) => `${name}:${write((value as Record<string, unknown>)[asked.name], textOf)}`;
  }

  #read(read: Read, asked: Asked): JsonColumn {
    // What lies deeper may be one of a list, and have no id that the request alone says.
    if (read.kind !== "toOne" || this.#depth > 1) throw new StepAside("computed");
    const id = (context: RequestContext): unknown =>
      (this.value(context) as Record<string, unknown>)[read.key];
    const below = { place: placeOf(read), plan: planJson(this.draft, read, asked, id) };
    this.reads.push(below);
    return below;
  }
}
