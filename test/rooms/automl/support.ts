import { readFileSync } from "node:fs";
import type { Answer, Client } from "../../support/client.js";
import { createDataset, createModel } from "../training/support.js";

/** Published data sets: what is predicted, what is left out, and the best reference score on every fourth row. */
export const references = {
  penguins: { type: "CLASSIFICATION", target: "species", drop: [], best: 0.988 },
  titanic: { type: "CLASSIFICATION", target: "survived", drop: ["alive"], best: 0.838 },
  "digits-8x8": { type: "CLASSIFICATION", target: "digit", drop: [], best: 0.973 },
  sonar: { type: "CLASSIFICATION", target: "c60", drop: [], best: 0.904 },
  diabetes: { type: "REGRESSION", target: "progression", drop: [], best: 0.38 },
  mpg: { type: "REGRESSION", target: "mpg", drop: ["name"], best: 0.844 },
  "sms-spam": { type: "TEXT_CLASSIFICATION", target: "label", drop: [], best: 0.968 },
} as const;
export type ReferenceName = keyof typeof references;

/** The file as CSV with a header, whatever it is stored as. */
function contentOf(name: ReferenceName): string {
  const read = (file: string): string => readFileSync(`test/data/${file}`, "utf8");
  if (name === "sonar") {
    const header = Array.from({ length: 61 }, (_, column) => `c${column}`).join(",");
    return `${header}\n${read("sonar.csv")}`;
  }
  if (name !== "sms-spam") return read(`${name}.csv`);
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  const lines = read("sms-spam.tsv")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const rows = lines.map((line) => {
    const tab = line.indexOf("\t");
    return `${line.slice(0, tab)},${quoted(line.slice(tab + 1))}`;
  });
  return ["label,text", ...rows].join("\n");
}

/** A dataset and a model of it, for a search. */
export async function subject(
  client: Client,
  name: ReferenceName,
): Promise<{ modelId: string; datasetId: string }> {
  const { type, target, drop } = references[name];
  const content = contentOf(name);
  const datasetId = await createDataset(client, content, name);
  const columns = (content.split("\n")[0] ?? "").trim().split(",");
  const features = columns.filter(
    (column) => column !== target && !(drop as readonly string[]).includes(column),
  );
  return { modelId: await createModel(client, { type, target, features }), datasetId };
}

/** What a search is asked about. */
export interface Subject {
  modelId: string;
  datasetId: string;
  split: { kind: string; column: string };
}

/**
 * Few rows, of which a search is over in a moment; a line tells the classes apart, but for some rows. They come from
 * three sites of twenty rows, and one of them is held out: two are left to take turns, so that there are two folds.
 */
export async function smallSubject(client: Client): Promise<Subject> {
  const rows = Array.from({ length: 60 }, (_, row) => {
    const size = (row * 37) % 60;
    return `site ${row % 3},${size},${(row * 11) % 7},${size + (row % 5) * 3 > 33 ? "large" : "small"}`;
  });
  const datasetId = await createDataset(client, ["site,size,weight,kind", ...rows].join("\n"), "small");
  const modelId = await createModel(client, { target: "kind", features: ["size", "weight"] });
  return { modelId, datasetId, split: { kind: "GROUP", column: "site" } };
}

export const tryStart = (client: Client, input: object): Promise<Answer> =>
  client.send(
    `mutation ($input: StartAutomlInput!) { startAutoml(input: $input) { automlRun {
      id status seed metric algorithms timeLimitSeconds trialLimit } } }`,
    { input },
  );

/** Starts a search that must be accepted; answers the run's id. */
export async function start(client: Client, input: object): Promise<string> {
  const answer = await tryStart(client, { seed: 1, ...input });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.startAutoml.automlRun.id;
}

export interface Progress {
  status: string;
  trials: number;
  scored: number;
  elapsedMs: number;
  current: { number: number; rung: number | null; epoch: number; epochs: number } | null;
  leaderboard: {
    number: number;
    algorithm: string;
    summary: string;
    score: number;
    epochs: number;
    status: string;
  }[];
}

export const progressFields = `status trials scored elapsedMs current { number algorithm rung epoch epochs }
  leaderboard { number algorithm summary score deviation epochs status }`;

/** Every state a subscriber sees; `seen` may end the subscription early by answering true. */
export async function follow(
  client: Client,
  runId: string,
  seen: (state: Progress) => boolean | Promise<boolean> = () => false,
): Promise<Progress[]> {
  const socket = client.socket();
  const states: Progress[] = [];
  try {
    const query = `subscription ($id: ID!) { automlProgress(runId: $id) { ${progressFields} } }`;
    const stream = socket.iterate<{ automlProgress: Progress }>({ query, variables: { id: runId } });
    for await (const { data, errors } of stream) {
      if (errors || !data) throw new Error(JSON.stringify(errors));
      states.push(data.automlProgress);
      if (await seen(data.automlProgress)) break;
    }
    return states;
  } finally {
    await socket.dispose();
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
export async function runOf(client: Client, id: string): Promise<any> {
  const { automlRun } = await client.get(
    `query ($id: ID!) { automlRun(id: $id) { id status seed metric algorithms split { kind column testFraction seed } trainedMs startedAt finishedAt
      failure { code cause message } progress { ${progressFields} }
      winner { number score epochs reason trial { number algorithm status } version { number } }
      version { id number sha256 metrics { accuracy r2 f1 } split { train validation test plan { kind column testFraction seed } }
        hyperparameters { epochs validationSplit } }
      trials(first: 64) { totalCount nodes { number algorithm status score epochs parameters trainedMs failure { code message } } } } }`,
    { id },
  );
  return automlRun;
}

/** The run once it has ended. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
export async function ended(client: Client, runId: string): Promise<any> {
  await follow(client, runId);
  return runOf(client, runId);
}

export const cancel = (client: Client, runId: string): Promise<Answer> =>
  client.send(
    "mutation ($runId: ID!) { cancelAutoml(input: { runId: $runId }) { automlRun { id status } } }",
    {
      runId,
    },
  );
