import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, isEnumType } from "graphql";
import { BadUserInput, Internal, TenfoldError, Unavailable } from "../errors.js";
import type { Log } from "../log.js";
import { type FieldFault, validationFaults, variableFaults } from "./invalid-fields.js";
import { isOutage } from "./outage.js";

export interface FormatOptions {
  log: Log;
  /** Turns what a lower layer threw (a broken constraint) into what the caller may read; null when it can't. */
  errorMap?: (error: Error) => TenfoldError | null;
  /** What the request was held against; left out, a wrong name of an enum is not answered with the right ones. */
  schema?: GraphQLSchema;
}

/** The error of a resolver, without the wrapping graphql-js gave it to add the path. */
const origin = (error: Error): Error =>
  error instanceof GraphQLError && error.originalError ? error.originalError : error;

/**
 * Whether graphql-js itself blames the request: syntax, validation, variables (no path yet), or an argument
 * found wrong while running, which is the only error with a path whose origin already knew its nodes.
 */
function isRequestFault(error: Error): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  if (error.path === undefined) return !(error.originalError instanceof RangeError);
  const inner = error.originalError;
  return (
    inner instanceof GraphQLError &&
    inner.path === undefined &&
    inner.nodes !== undefined &&
    !inner.originalError
  );
}

/** Postgres keeps no NUL in text (22021) or JSON (22P05), and says so only once a statement carries one. */
const isUnfitText = (error: Error): boolean =>
  ["22021", "22P05"].includes(String(Object(error).code ?? Object(Object(error).driverError).code));

/** Many clients show the message alone, so it names the first place. */
function summaryOf([first]: readonly FieldFault[]): string | undefined {
  return first && `The input is not valid: ${first.path}: ${first.message}`;
}

/** What the caller may know of an error; null when it must stay inside. */
function declared(error: Error, errorMap: FormatOptions["errorMap"]): TenfoldError | null {
  const thrown = origin(error);
  if (thrown instanceof TenfoldError) return thrown;
  const fields = validationFaults(thrown);
  if (fields) return new BadUserInput(summaryOf(fields), { fields });
  if (isUnfitText(thrown)) return new BadUserInput("Text must not contain the character NUL.");
  return errorMap?.(thrown) ?? null;
}

/** Beyond so many nobody reads them, and the schema tells them better. */
const mostNames = 40;

/** What there is to choose from, where graphql-js says only that the value is not among it. */
function choicesFor(message: string, schema: GraphQLSchema | undefined): string {
  const name = /^Value "[^"]*" does not exist in "(\w+)" enum\./.exec(message)?.[1];
  const type = name === undefined ? undefined : schema?.getType(name);
  const names = isEnumType(type) ? type.getValues().map((value) => value.name) : [];
  return names.length > 0 && names.length <= mostNames ? ` Choose one of: ${names.join(", ")}.` : "";
}

/** A fault of the request in graphql-js' own words, with its place where it lies in a variable. */
function blamed(error: GraphQLError, schema: GraphQLSchema | undefined): TenfoldError {
  const choices = choicesFor(error.originalError?.message ?? error.message, schema);
  const fields = variableFaults(error)?.map(({ path, message }) => ({ path, message: message + choices }));
  return new BadUserInput(error.message + choices, fields ? { fields } : {});
}

/** Only these of an error reach the log: what else drivers attach (parameters, details) holds callers' data. */
function logged(error: Error): Record<string, unknown> {
  const { name, message, stack } = error;
  return { name, message, stack, code: Object(error).code };
}

/** Masks and reports: an outage is a warning and heals, the rest is a fault of ours to look into. */
function masked(error: Error, requestId: string, log: Log): TenfoldError {
  const thrown = origin(error);
  const outage = isOutage(thrown);
  log[outage ? "warn" : "error"](
    { requestId, error: logged(thrown) },
    outage ? "unavailable" : "internal error",
  );
  return outage ? new Unavailable() : new Internal();
}

/**
 * The error as the caller gets it: a code of `ErrorCode`, the request id, and never anything not meant for them.
 * `TenfoldError`, faults of the request and class-validator's findings pass; all else becomes UNAVAILABLE
 * (database or disk gone) or INTERNAL, and is logged with its stack.
 */
export function formatError(
  error: unknown,
  requestId: string,
  options: FormatOptions,
): GraphQLFormattedError {
  const given = error instanceof Error ? error : new Error(String(error));
  const located = given instanceof GraphQLError ? given : null;
  let shown = declared(given, options.errorMap);
  if (!shown && isRequestFault(given)) shown = blamed(given, options.schema);
  shown ??= masked(given, requestId, options.log);
  return {
    message: shown.message,
    ...(located?.locations && { locations: located.locations }),
    ...(located?.path && { path: located.path }),
    extensions: { ...shown.extensions, requestId },
  };
}
