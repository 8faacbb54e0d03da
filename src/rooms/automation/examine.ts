import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import type { RequestContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import { badInput, Forbidden, TenfoldError } from "../../kernel/errors.js";
import { operationCost } from "../../kernel/graphql/cost.js";
import { documentsOf } from "../../kernel/graphql/documents.js";
import type { OperationLimits } from "../../kernel/graphql/limits.js";
import { plannerOf } from "../../kernel/graphql/reads/planner.js";
import { type Rule, rulesOf } from "../../kernel/graphql/rules.js";
import { OperationKind } from "./persisted-operation.entity.js";

/** The door's cache of parsed documents keeps none that is larger, so each run of one would parse it again. */
export const maxDocumentBytes = 64 * 1024;

/** What registering finds out of a document. */
export interface Examined {
  hash: string;
  document: string;
  name: string | null;
  kind: OperationKind;
  cost: number;
  permissions: string[];
}

const kinds = {
  query: OperationKind.QUERY,
  mutation: OperationKind.MUTATION,
  subscription: OperationKind.SUBSCRIPTION,
};

/**
 * Puts a document through what the door does with one it is sent, and asks every rule on its way for the registrar.
 * `path` is where the input has it. Throws BAD_USER_INPUT, or FORBIDDEN for what the registrar may not run.
 */
export function examine(
  context: RequestContext,
  schema: GraphQLSchema,
  limits: OperationLimits,
  text: string,
  path: string,
): Examined {
  if (Buffer.byteLength(text) > maxDocumentBytes) throw badInput(path, "The document is larger than 64 KiB.");
  const read = documentsOf(schema, limits).get(text);
  if (read.errors) throw badDocument(path, read.errors);
  const operation = onlyOperation(read.document, path);
  const rules = rulesOf(schema, read.document);
  for (const rule of rules) requireAllowed(rule, context);
  const cost = operationCost(schema, read.document, operation, {});
  if (cost > limits.cost)
    throw badInput(path, `The operation costs ${cost}; ${limits.cost} is allowed. Ask for fewer items.`);
  plannerOf(schema)?.prepare(read.document, operation);
  const permissions = [...rules].flatMap(({ permission }) => permission ?? []);
  return {
    hash: `sha256:${sha256(text)}`,
    document: text,
    name: operation.name?.value ?? null,
    kind: kinds[operation.operation],
    cost,
    permissions: [...new Set(permissions)].sort(),
  };
}

/** Faults of the text are faults of the input here, whatever code the door would give them. */
function badDocument(path: string, errors: readonly GraphQLError[]): TenfoldError {
  const [first] = errors;
  const fields = errors.map(({ message }) => ({ path, message }));
  return badInput(path, first?.message ?? "The document is not valid.", {
    ...first?.extensions,
    code: "BAD_USER_INPUT",
    fields,
  });
}

function onlyOperation({ definitions }: DocumentNode, path: string): OperationDefinitionNode {
  const [operation, ...others] = definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation && others.length === 0) return operation;
  throw badInput(path, "Register each operation as a document of its own: a hash must name one operation.");
}

/** Asks the field's own rule, so whatever it looks at (permission, operator, a person's account) counts here too. */
function requireAllowed(rule: Rule, context: RequestContext): void {
  const verdict = rule(context);
  if (verdict === true) return;
  const { code: _code, ...details } = verdict.extensions;
  throw new Forbidden(`You can register only what you may run yourself: ${verdict.message}`, details);
}
