import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Answer, Client } from "../../support/client.js";
import { masterKey } from "../../support/cluster.js";
import type { TenantOfWorld, World } from "../../support/world.js";

export const penguins = readFileSync("test/data/penguins.csv", "utf8");

/** Settings under which a training of the penguins is over in a moment. */
export const quick = { epochs: 3, batchSize: 64 };
/** Settings under which it goes on until a spec has done what it wants to do meanwhile. */
export const long = { epochs: 1_000, batchSize: 4 };

export async function createDataset(client: Client, content = penguins, name = "penguins"): Promise<string> {
  const { createDataset: made } = await client.get(
    "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
    { input: { name, format: "CSV", content } },
  );
  return made.dataset.id;
}

export const tryCreateModel = (client: Client, input: object): Promise<Answer> =>
  client.send(
    `mutation ($input: CreateModelInput!) { createModel(input: $input) { model {
      id name type target features architecture { layers { units activation dropout l2 batchNormalization } } } } }`,
    { input: { type: "CLASSIFICATION", ...input } },
  );

let models = 0;

/** A model that predicts the species of penguins, unless told otherwise. */
export async function createModel(client: Client, input: object = {}): Promise<string> {
  models += 1;
  const answer = await tryCreateModel(client, { name: `model ${models}`, target: "species", ...input });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.createModel.model.id;
}

export const tryStart = (client: Client, input: object): Promise<Answer> =>
  client.send(
    "mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id status seed } } }",
    { input },
  );

/** Starts a training that must be accepted; answers the job's id. */
export async function start(client: Client, input: object): Promise<string> {
  const answer = await tryStart(client, { seed: 7, ...input });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.startTraining.trainingJob.id;
}

export interface State {
  status: string;
  epoch: number;
  epochs: number;
  loss: number | null;
  accuracy: number | null;
}

export const progressQuery =
  "subscription ($id: ID!) { trainingProgress(jobId: $id) { status epoch epochs loss accuracy etaMs } }";

/** Every state a subscriber sees; `seen` may end the subscription early by answering true. */
export async function follow(
  client: Client,
  jobId: string,
  seen: (state: State) => boolean | Promise<boolean> = () => false,
): Promise<State[]> {
  const socket = client.socket();
  const states: State[] = [];
  try {
    const variables = { id: jobId };
    const stream = socket.iterate<{ trainingProgress: State }>({ query: progressQuery, variables });
    for await (const { data, errors } of stream) {
      if (errors || !data) throw new Error(JSON.stringify(errors));
      states.push(data.trainingProgress);
      if (await seen(data.trainingProgress)) break;
    }
    return states;
  } finally {
    await socket.dispose();
  }
}

/** The job once it has ended. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
export async function ended(client: Client, jobId: string): Promise<any> {
  await follow(client, jobId);
  return job(client, jobId);
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
export async function job(client: Client, id: string): Promise<any> {
  const { trainingJob } = await client.get(
    `query ($id: ID!) { trainingJob(id: $id) { id status seed startedAt finishedAt failure { code message }
      progress { status epoch epochs } version { id number sha256 } hyperparameters { epochs batchSize } } }`,
    { id },
  );
  return trainingJob;
}

export async function deploy(client: Client, modelId: string, version = "1.0.0"): Promise<void> {
  await client.get(
    "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { id } } }",
    { input: { modelId, version, environment: "PRODUCTION" } },
  );
}

/** A model with a version, and deployed. */
export async function deployedModel(client: Client, input: object = {}): Promise<string> {
  const modelId = await createModel(client, input);
  const datasetId = await createDataset(client);
  await ended(client, await start(client, { modelId, datasetId, hyperparameters: quick }));
  await deploy(client, modelId);
  return modelId;
}

export const penguin = {
  island: "Torgersen",
  bill_length_mm: 39.1,
  bill_depth_mm: 18.7,
  flipper_length_mm: 181,
  body_mass_g: 3750,
  sex: "MALE",
};

export const predict = (client: Client, modelId: string, rows: unknown[] = [penguin]): Promise<Answer> =>
  client.send(
    `mutation ($input: PredictInput!) { predict(input: $input) { latencyMs engine version { id number engine }
      predictions { label value confidence probabilities { label probability } } } }`,
    { input: { modelId, rows } },
  );

/** What a tenant's tables say was metered. */
export async function metered(
  world: World,
  tenant: TenantOfWorld,
  meter: string,
): Promise<{ events: number; quantity: number }> {
  const [row] = await world.admin<{ events: number; quantity: number }>(
    `select count(*)::int as events, coalesce(sum(quantity), 0)::int as quantity
     from ${tenant.schema}.usage_event where meter = $1`,
    [meter],
  );
  return row ?? { events: 0, quantity: 0 };
}

/** Waits for something that must come. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_500; tries++) {
    if (await condition()) return;
    await wait(20);
  }
  throw new Error(`Waited in vain for ${condition.toString()}`);
}

/** Process ids of the trainings that a process runs or keeps ready. */
export const trainingPids = (parent: number): number[] =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*trainer-process\.js/.exec(line))
    .filter((found) => found !== null && Number(found[2]) === parent)
    .map((found) => Number(found?.[1]));

/** Another process of Tenfold on the database of a world, as it runs in production. */
export class OtherProcess {
  readonly #directory = mkdtempSync(join(tmpdir(), "tenfold-other-"));
  readonly #child: ChildProcess;
  #output = "";

  /** @param spares training processes kept started for the next job */
  constructor(world: World, role: "worker" | "api", spares = 0) {
    this.#child = spawn(process.execPath, [fileURLToPath(new URL("../../../src/main.js", import.meta.url))], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: world.databaseUrl,
        TENFOLD_MASTER_KEY: masterKey,
        TENFOLD_ROLE: role,
        TENFOLD_DATA: this.#directory,
        TENFOLD_TRAINING_PROCESSES: "1",
        TENFOLD_TRAINING_SPARES: String(spares),
        TENFOLD_WARM_TENANTS: "0",
        TENFOLD_LOG_LEVEL: "error",
        PORT: "0",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Where it answers, once it does. */
  async url(): Promise<string> {
    const find = (): string | undefined => /http:\/\/127\.0\.0\.1:\d+/.exec(this.#output)?.[0];
    await until(() => find() !== undefined);
    return find() ?? "";
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (!this.gone) {
      const exit = once(this.#child, "exit");
      this.#child.kill(signal);
      await exit;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/**
 * As if the time of the heartbeats that a dead worker's jobs miss had passed: the queue waits by the database's clock,
 * which no spec can turn on. That they are missed by waiting alone is shown where trainings are resumed.
 */
export async function missHeartbeats(world: World): Promise<void> {
  await world.admin(
    "update pgboss.job set heartbeat_on = heartbeat_on - make_interval(secs => heartbeat_seconds) where state = 'active'",
  );
}
