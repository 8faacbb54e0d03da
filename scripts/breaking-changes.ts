import {
  BreakingChangeType,
  buildSchema,
  findBreakingChanges,
  type GraphQLSchema,
  isObjectType,
} from "graphql";

const released = /^## (?!unreleased)/im;

/**
 * The breaking changes from one schema to another that nobody was told of: each needs its line below the changelog's
 * heading "Unreleased", and a field is deprecated before it goes. Before the first release there is nobody to break.
 */
export function unannouncedChanges(before: string, after: string, changelog: string): string[] {
  if (!released.test(changelog)) return [];
  const old = buildSchema(before);
  const [, section = ""] = changelog.split(/^## unreleased\s*$/im);
  const announced = section.split(/^## /m)[0] ?? "";
  return findBreakingChanges(old, buildSchema(after)).flatMap(({ type, description }) => {
    const line = `- ${type}: ${description}`;
    if (!announced.split("\n").includes(line)) return [`add to the changelog: ${line}`];
    if (type === BreakingChangeType.FIELD_REMOVED && !wasDeprecated(old, description))
      return [`deprecate it in a release first: ${line}`];
    return [];
  });
}

/** graphql-js says "Type.field was removed." */
function wasDeprecated(schema: GraphQLSchema, description: string): boolean {
  const [typeName = "", fieldName = ""] = (description.split(" ")[0] ?? "").split(".");
  const type = schema.getType(typeName);
  // Input fields and those of interfaces can't be told apart by their callers; only objects' fields are deprecated.
  return !isObjectType(type) || type.getFields()[fieldName]?.deprecationReason !== undefined;
}
