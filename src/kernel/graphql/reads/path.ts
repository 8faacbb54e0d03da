import { GraphQLError } from "graphql";
import { StepAside } from "./source.js";

/**
 * How a query was answered: `statement` by Postgres alone, `ahead` by resolvers over rows that one statement had
 * read, `resolvers` by nothing else; else why it was not: a refused field or argument, or a row it could not say.
 */
export type Path = "statement" | "ahead" | "resolvers" | "refused" | "argument" | "row" | "failure";

/** Class 54 of Postgres' errors: a limit of its own, e.g. statement too complex. Trying again would not help. */
const tooLarge = /^54/;

export const isTooLarge = (error: unknown): boolean => tooLarge.test(String(Object(error).code));

/** What Postgres stops at when a row, or a text that a caller sent, is none that the plan can say. */
const unsayable = /^22/;

const pathOf = {
  refused: "refused",
  argument: "argument",
  "too-large": "resolvers",
  // Known when planning, but for a value that turns out to be missing where one is required.
  computed: "row",
  conflict: "row",
} as const;

/** Why a query that failed with this was not answered by its plan. */
export function asideOf(error: unknown): Path {
  if (error instanceof StepAside) return pathOf[error.reason];
  // graphql-js throws these for an argument or a directive whose variable is null.
  if (error instanceof GraphQLError) return "argument";
  return unsayable.test(String(Object(error).code)) ? "row" : "failure";
}
