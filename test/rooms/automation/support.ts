import { createHash } from "node:crypto";
import type { Answer, Client } from "../../support/client.js";

export const hashOf = (document: string): string =>
  `sha256:${createHash("sha256").update(document).digest("hex")}`;

export interface Registered {
  id: string;
  hash: string;
  name: string | null;
  kind: string;
  document: string;
  cost: number;
  permissions: string[];
  createdAt: string;
}

const fields = "id hash name kind document cost permissions createdAt";

export const register = (client: Client, ...documents: string[]): Promise<Answer> =>
  client.send(
    `mutation ($input: RegisterPersistedOperationsInput!) { registerPersistedOperations(input: $input) { operations { ${fields} } } }`,
    { input: { operations: documents.map((document) => ({ document })) } },
  );

/** Registers documents that must be accepted; answers them in order. */
export async function registered(client: Client, ...documents: string[]): Promise<Registered[]> {
  const { data, errors } = await register(client, ...documents);
  if (errors) throw new Error(JSON.stringify(errors));
  return data.registerPersistedOperations.operations;
}

export async function listed(client: Client): Promise<{ totalCount: number; nodes: Registered[] }> {
  const { persistedOperations } = await client.get(
    `{ persistedOperations(first: 100) { totalCount nodes { ${fields} } } }`,
  );
  return persistedOperations;
}

export const allowOnly = (client: Client, enabled: boolean): Promise<Answer> =>
  client.send(
    "mutation ($input: SetPersistedOperationsOnlyInput!) { setPersistedOperationsOnly(input: $input) { tenant { id slug persistedOnly } } }",
    { input: { enabled } },
  );

export const remove = (client: Client, hash: string): Promise<Answer> =>
  client.send(
    "mutation ($input: RemovePersistedOperationInput!) { removePersistedOperation(input: $input) { operation { id hash } } }",
    { input: { hash } },
  );

/** Runs a registered document by its id. */
export const run = (client: Client, documentId: string, variables: object = {}): Promise<Answer> =>
  client.post({ documentId, variables });
