import { Allow, getMetadataStorage as getValidators } from "class-validator";
import { type GraphQLSchema, lexicographicSortSchema, printSchema, specifiedDirectives } from "graphql";
import { buildSchema, getMetadataStorage, type NonEmptyArray, registerEnumType } from "type-graphql";
import type { Key } from "../crypto.js";
import { errorCodes } from "../errors.js";
import type { Room } from "../room.js";
import { applyIdempotency, idempotentDirective } from "./idempotency.js";
import { applyFreshLoaders } from "./loaders.js";
import { tellComputedFields } from "./reads/computed-fields.js";
import { applyRules } from "./rules.js";
import { DateTime } from "./scalars.js";
import { validateInput } from "./validate-input.js";

/** The closed enum of all codes and reasons; filled when the schema is built, once every room has declared its own. */
export const ErrorCode: Record<string, string> = {};

/** type-graphql asks for one; our subscriptions bring their own iterators, fed by Postgres' notifications. */
const unusedPubSub = {
  publish(): never {
    throw new Error("Tell others through UnitOfWork.notify.");
  },
  subscribe(): never {
    throw new Error("Give @Subscription a `subscribe` function.");
  },
};

/**
 * class-validator refuses an object of a class without any rule as an unknown value. An input of ids alone has
 * none, so its fields are declared here; only objects that are no input of ours stay unknown.
 */
function declareInputsWithoutRules(): void {
  const { inputTypes, argumentTypes, fields } = getMetadataStorage();
  for (const { target } of [...inputTypes, ...argumentTypes]) {
    if (getValidators().getTargetValidationMetadatas(target, "", false, false).length > 0) continue;
    for (const { name } of fields.filter((field) => field.target === target)) Allow()(target.prototype, name);
  }
}

/** One executable schema for all tenants, guarded: rules outermost, idempotency behind them. */
export async function createSchema(rooms: readonly Room[], controlKey: Key): Promise<GraphQLSchema> {
  for (const [code] of errorCodes()) ErrorCode[code] = code;
  const descriptions = Object.fromEntries(errorCodes().map(([code, description]) => [code, { description }]));
  registerEnumType(ErrorCode, {
    name: "ErrorCode",
    description: "What `extensions.code`, or the finer `extensions.reason`, of an error may be.",
    valuesConfig: descriptions,
  });
  declareInputsWithoutRules();
  const instances = new Map(
    rooms.flatMap((room) => room.resolvers ?? []).map((resolver) => [resolver.constructor, resolver]),
  );
  const schema = await buildSchema({
    // biome-ignore lint: TypeGraphQL's own type for a resolver class.
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<Function>,
    container: { get: (resolver) => instances.get(resolver) },
    validateFn: validateInput,
    scalarsMap: [{ type: Date, scalar: DateTime }],
    pubSub: unusedPubSub,
    directives: [...specifiedDirectives, idempotentDirective],
  });
  tellComputedFields(schema);
  applyIdempotency(schema, controlKey);
  applyFreshLoaders(schema);
  applyRules(
    schema,
    rooms.map((room) => room.rules ?? {}),
  );
  return schema;
}

/** The schema as text, sorted, so that the snapshot changes only where the graph does. */
export const schemaText = (schema: GraphQLSchema): string =>
  `${printSchema(lexicographicSortSchema(schema))}\n`;
