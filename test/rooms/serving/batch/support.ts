import { setTimeout as wait } from "node:timers/promises";
import type { Answer, Client } from "../../../support/client.js";
import { penguins } from "../../training/support.js";

export interface State {
  status: string;
  rowsDone: number;
  rows: number;
  etaMs: number | null;
}

const shown = `id status format sizeBytes createdAt startedAt finishedAt expiresAt failure { code message }
  progress { status rowsDone rows etaMs } version { id number } dataset { id name } model { id }`;

export const tryStart = (client: Client, input: object): Promise<Answer> =>
  client.send(
    `mutation ($input: StartBatchPredictionInput!) { startBatchPrediction(input: $input) { batchPrediction { ${shown} } } }`,
    { input },
  );

/** Starts one that must be accepted; answers its id. */
export async function startBatch(client: Client, input: object): Promise<string> {
  const answer = await tryStart(client, input);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.startBatchPrediction.batchPrediction.id;
}

export const cancelBatch = (client: Client, batchId: string): Promise<Answer> =>
  client.send(
    `mutation ($batchId: ID!) { cancelBatchPrediction(input: { batchId: $batchId }) { batchPrediction { ${shown} } } }`,
    { batchId },
  );

// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
export async function batchOf(client: Client, id: string): Promise<any> {
  return (await client.get(`query ($id: ID!) { batchPrediction(id: $id) { ${shown} } }`, { id }))
    .batchPrediction;
}

export const progressQuery =
  "subscription ($id: ID!) { batchPredictionProgress(batchId: $id) { status rowsDone rows etaMs } }";

/** Every state a subscriber sees; `seen` may end the subscription early by answering true. */
export async function followBatch(
  client: Client,
  id: string,
  seen: (state: State) => boolean | Promise<boolean> = () => false,
): Promise<State[]> {
  const socket = client.socket();
  const states: State[] = [];
  try {
    const variables = { id };
    const stream = socket.iterate<{ batchPredictionProgress: State }>({ query: progressQuery, variables });
    for await (const { data, errors } of stream) {
      if (errors || !data) throw new Error(JSON.stringify(errors));
      states.push(data.batchPredictionProgress);
      if (await seen(data.batchPredictionProgress)) break;
    }
    return states;
  } finally {
    await socket.dispose();
  }
}

/** The batch once it has ended. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
export async function batchEnded(client: Client, id: string): Promise<any> {
  await followBatch(client, id);
  return batchOf(client, id);
}

export const tryExportBatch = (client: Client, batchId: string): Promise<Answer> =>
  client.send(
    `mutation ($batchId: ID!) { exportBatchPrediction(input: { batchId: $batchId }) {
      url expiresAt batchPrediction { id sizeBytes } } }`,
    { batchId },
  );

export async function resultUrl(client: Client, batchId: string): Promise<string> {
  const answer = await tryExportBatch(client, batchId);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.exportBatchPrediction.url;
}

/** The result as text. */
export async function resultOf(client: Client, batchId: string): Promise<string> {
  return (await fetch(await resultUrl(client, batchId))).text();
}

const [header = "", ...lines] = penguins.trim().split("\n");
/** Rows in `penguins`. */
export const penguinRows = lines.length;

/** The penguins as often as it takes to have so many rows, each with a number of its own. */
export const manyPenguins = (rows: number): string =>
  [`${header},number`, ...Array.from({ length: rows }, (_, at) => `${lines[at % lines.length]},${at}`)].join(
    "\n",
  );

/** Uploads a table, which may be larger than one sent inline. */
export async function uploadDataset(client: Client, content: string, name = "many"): Promise<string> {
  const { createDataset } = await client.get(
    "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } uploadUrl } }",
    { input: { name, format: "CSV" } },
  );
  const response = await fetch(createDataset.uploadUrl, { method: "PUT", body: content });
  if (!response.ok) throw new Error(await response.text());
  return createDataset.dataset.id;
}

export const pause = (ms: number): Promise<void> => wait(ms);
