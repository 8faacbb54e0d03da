import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** A fault of a value, with the place below the value that was parsed. */
interface SchemaFault {
  path: string;
  message: string;
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

/** What a limit counts, by what it limits. */
const counted: Readonly<Record<string, string>> = {
  string: " characters",
  array: " entries",
  set: " entries",
};

const shown = (value: unknown): string =>
  typeof value === "number"
    ? value.toLocaleString("en", { maximumFractionDigits: 20 })
    : JSON.stringify(value);

/** At most so many of a list's entries are named: a caller may have sent thousands. */
const mostNamed = 30;
const listed = (values: readonly unknown[]): string => {
  const names = values.slice(0, mostNamed).map((value) => (typeof value === "string" ? value : shown(value)));
  return values.length > mostNamed ? `${names.join(", ")} …` : names.join(", ");
};

function limit(word: string, bound: unknown, origin: string): string {
  const unit = counted[origin];
  return unit
    ? `It must have ${word} ${shown(Number(bound))}${unit}.`
    : `It must be ${word} ${shown(Number(bound))}.`;
}

/** The part of a union's alternatives that says what is wrong, where one of them comes near. */
function nearest(alternatives: readonly Issue[][]): Issue | undefined {
  return alternatives
    .flatMap(([first, ...others]) => (first && others.length === 0 ? [first] : []))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

/**
 * The fault in our own words: a library's change with its version and were written for its users, not for callers.
 * `custom` is a schema's own check, whose sentence is ours already.
 */
export function sentenceOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined && issue.message.endsWith("undefined")
        ? `It is missing. Give ${kinds[issue.expected] ?? `a value of type ${issue.expected}`}.`
        : `It must be ${kinds[issue.expected] ?? `of type ${issue.expected}`}.`;
    case "too_big":
      return limit(issue.inclusive === false ? "less than" : "at most", issue.maximum, issue.origin);
    case "too_small":
      return limit(issue.inclusive === false ? "more than" : "at least", issue.minimum, issue.origin);
    case "not_multiple_of":
      return `It must be a multiple of ${shown(issue.divisor)}.`;
    case "invalid_value":
      return issue.values.length === 1
        ? `It must be ${listed(issue.values)}.`
        : `It must be one of: ${listed(issue.values)}.`;
    case "unrecognized_keys":
      return `There is no such field here: ${listed(issue.keys)}. Leave it out.`;
    case "invalid_format":
      return issue.format === "regex" ? issue.message : `It must be a valid ${issue.format}.`;
    case "invalid_union": {
      const near = nearest(issue.errors);
      return near ? sentenceOf(near) : "It is none of the forms that are allowed here.";
    }
    case "custom":
      return issue.message;
    default:
      return "It is not a value that is allowed here.";
  }
}

/** A name that a caller made up is told by its beginning: an answer must not grow with it. */
const nameLength = 100;

/** A field that there is not is the place itself; the parser blames what it lies in, and all of them at once. */
function faultsOf(issue: Issue): SchemaFault[] {
  if (issue.code !== "unrecognized_keys") return [{ path: issue.path.join("."), message: sentenceOf(issue) }];
  return issue.keys.slice(0, mostNamed).map((key) => {
    const name = key.length > nameLength ? `${key.slice(0, nameLength)}…` : key;
    return { path: [...issue.path, name].join("."), message: sentenceOf({ ...issue, keys: [name] }) };
  });
}

/** All faults that a schema found, in our words. */
export const schemaFaults = ({ issues }: { issues: readonly Issue[] }): SchemaFault[] =>
  issues.flatMap(faultsOf);
