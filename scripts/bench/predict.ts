import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { PredictorPool } from "../../src/rooms/learning/index.js";
import { deployedModel, penguin } from "../../test/rooms/training/support.js";
import { masterKey } from "../../test/support/cluster.js";
import { World } from "../../test/support/world.js";
import { system } from "../../src/kernel/context.js";
import { figure, median, percentile } from "../support/figures.js";
import { type Load, load } from "../support/load.js";
import type { Bench } from "../support/programs.js";

const clients = 32;
const rounds = 3;
const roundMs = 4_000;

const predictQuery =
  "mutation ($input: PredictInput!) { predict(input: $input) { version { number } predictions { label confidence probabilities { label probability } } } }";

/** A server in a process of its own, so that the load does not take its time. */
class Server {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(world: World, batching: "batched" | "single"): Promise<Server> {
    const child = fork(fileURLToPath(new URL("../support/predict-server.js", import.meta.url)), [batching], {
      env: {
        ...process.env,
        PORT: "0",
        DATABASE_URL: world.databaseUrl,
        TENFOLD_MASTER_KEY: masterKey,
        TENFOLD_ROLE: "api",
        TENFOLD_WARM_TENANTS: "0",
        TENFOLD_LOG_LEVEL: "info",
      },
      execArgv: process.env.BENCH_PROF ? ["--cpu-prof", "--cpu-prof-dir=/tmp/prof"] : [],
      stdio: ["ignore", "ignore", process.env.TENFOLD_LOG_LEVEL ? "inherit" : "ignore", "ipc"],
    });
    const [url] = (await once(child, "message")) as [string];
    return new Server(url, child);
  }

  async stop(): Promise<void> {
    const exit = once(this.child, "exit");
    this.child.disconnect();
    await exit;
  }
}

/** One row from the event loop's side to its prediction, without HTTP, GraphQL and metering. */
async function inProcess(world: World, tenantId: string, versionId: string): Promise<number[]> {
  const { kernel, house } = world.app;
  const tenant = await house.tenancy.directory.find({ id: tenantId });
  if (!tenant) throw new Error("The tenant is gone.");
  const scope = house.tenancy.scope(tenant, {
    viewer: system,
    origin: { requestId: "bench", ip: null, userAgent: null },
  });
  const [row] = await scope.query<{ bytes: Buffer }>(
    "select bytes from model_artefact where version_id = $1",
    [versionId],
  );
  const artefact = scope.open(row?.bytes ?? Buffer.alloc(0), `model_artefact:${versionId}`);
  const pool = new PredictorPool({ threads: kernel.config.predictionThreads });
  const model = { key: versionId, load: async () => artefact };
  const latencies: number[] = [];
  for (let count = 0; count < 3_000; count++) {
    const begun = performance.now();
    await pool.predict(model, [penguin]);
    latencies.push(performance.now() - begun);
  }
  await pool.close();
  return latencies.slice(1_000);
}

const p99 = ({ latencies }: Load): number => percentile(latencies, 0.99);

/** Both servers in turns, so that whatever else the machine does meets both. */
async function overHttp(world: World, headers: Readonly<Record<string, string>>, modelId: string) {
  const [batched, single] = await Promise.all([
    Server.start(world, "batched"),
    Server.start(world, "single"),
  ]);
  const predict = { query: predictQuery, variables: { input: { modelId, rows: [penguin] } } };
  const run = (server: Server, operation: object, ms = roundMs) =>
    load(server.url, headers, operation, clients, ms);
  for (const server of [batched, single]) await run(server, predict, 2_000);
  const loads = { batched: [] as Load[], single: [] as Load[], bare: [] as Load[] };
  for (let round = 0; round < rounds; round++) {
    loads.batched.push(await run(batched, predict));
    loads.single.push(await run(single, predict));
    loads.bare.push(await run(batched, { query: "{ viewer { __typename } }" }, roundMs / 2));
  }
  await Promise.all([batched.stop(), single.stop()]);
  return loads;
}

export const program: Bench = {
  summary:
    "predictions a second and p99 over HTTP at 32 clients, with and without micro-batching; one row in process",
  targets: {},
  async run(report) {
    const world = await World.start();
    const tenant = await world.tenant("bench");
    const modelId = await deployedModel(tenant.owner);
    const { model } = await tenant.owner.get(
      "query ($id: ID!) { model(id: $id) { versions { nodes { id } } } }",
      { id: modelId },
    );
    const { batched, single, bare } = await overHttp(world, tenant.owner.headers, modelId);
    const rate = (loads: Load[]) => median(loads.map(({ perSecond }) => perSecond));
    report(figure("predict-http", rate(batched), "predictions/s", rate(single)));
    report(figure("predict-http-p99", median(batched.map(p99)), "ms", median(single.map(p99))));
    // What HTTP, credentials and GraphQL alone allow on the same server: the rest is the network run and the metering.
    report(figure("predict-http-share-of-bare-request", rate(batched), "requests/s", rate(bare)));
    const latencies = await inProcess(world, tenant.id, model.versions.nodes[0].id);
    report(figure("predict-in-process", median(latencies), "ms"));
    report(figure("predict-in-process-p99", percentile(latencies, 0.99), "ms"));
    await world.stop();
  },
};
