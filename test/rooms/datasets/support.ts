import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, Client } from "../../support/client.js";
import type { TenantOfWorld, World } from "../../support/world.js";

/** One of the real data sets as text. */
export const text = (name: string): string => readFileSync(join("test", "data", name), "utf8");

/** A CSV file of plain cells as JSON Lines: numbers as numbers, and a key left out where the value is missing. */
export function asJsonLines(csv: string): string {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.split(",");
  const valueOf = (cell: string): unknown => (String(Number(cell)) === cell ? Number(cell) : cell);
  const objectOf = (line: string): object =>
    Object.fromEntries(
      line.split(",").flatMap((cell, index) => (cell === "" ? [] : [[names[index] ?? "", valueOf(cell)]])),
    );
  return lines.map((line) => `${JSON.stringify(objectOf(line))}\n`).join("");
}

const facts = "id name format header status rowCount sizeBytes sha256 createdAt updatedAt uploadExpiresAt";

/** What `createDataset` answers, whatever it is. */
export const tryCreate = (client: Client, input: object): Promise<Answer> =>
  client.send(
    `mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { uploadUrl dataset { ${facts} columns { name kind missing } } } }`,
    { input: { name: "a table", format: "CSV", ...input } },
  );

/** A dataset that must come to be: READY with `content`, else PENDING with an upload URL. */
export async function create(
  client: Client,
  input: object,
): Promise<{ id: string; status: string; uploadUrl: string; [fact: string]: unknown }> {
  const answer = await tryCreate(client, input);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  const { dataset, uploadUrl } = answer.data.createDataset;
  return { ...dataset, uploadUrl };
}

/** PUTs a file as any HTTP client does, without credentials. */
export async function put(
  world: World,
  uploadUrl: string,
  body: RequestInit["body"],
  headers = {},
): Promise<Answer> {
  const init = { method: "PUT", body, headers, duplex: "half" };
  const response = await fetch(new URL(uploadUrl, world.url), init as RequestInit);
  const { dataset, errors } = (await response.json()) as { dataset?: unknown; errors?: Answer["errors"] };
  return { data: dataset, errors, status: response.status };
}

export const find = async (client: Client, id: string, fields = facts): Promise<Record<string, unknown>> =>
  (await client.get(`query ($id: ID!) { dataset(id: $id) { ${fields} } }`, { id })).dataset;

/** Rows in a tenant's table, as the administrator counts them. */
export async function count(
  world: World,
  tenant: TenantOfWorld,
  table: string,
  where = "true",
): Promise<number> {
  const [row] = await world.admin<{ count: number }>(
    `select count(*)::int from ${tenant.schema}.${table} where ${where}`,
  );
  return row?.count ?? -1;
}
