import { startBackend } from "../../src/rooms/learning/compute/engine.js";
import { type Engine, PredictorPool } from "../../src/rooms/learning/index.js";
import { Predictor } from "../../src/rooms/learning/predictor.js";
import { dataSet, learn } from "../../test/rooms/learning/data.js";
import { deployedModel, penguin } from "../../test/rooms/training/support.js";
import { World } from "../../test/support/world.js";
import { figure, median, percentile } from "../support/figures.js";
import { load } from "../support/load.js";
import { Server } from "../support/predict-process.js";
import type { Bench, BenchOptions } from "../support/programs.js";

const callers = 32;
const rounds = 5;
const layer = { activation: "RELU", dropout: 0, l2: 0, batchNormalization: false } as const;
const predictQuery =
  "mutation ($input: PredictInput!) { predict(input: $input) { engine predictions { label confidence } } }";

/** The network of compute.md, 64-128-64-10, on the digits; how well it learnt does not change how fast it answers. */
async function digits() {
  const { table, plan, objects } = dataSet("digits-8x8");
  const layers = [128, 64].map((units) => ({ ...layer, units }));
  const { artefact } = await learn(table, {
    ...plan,
    architecture: { layers },
    hyperparameters: { epochs: 3 },
  });
  return { artefact, objects, rows: table.rows, columns: table.columns };
}
type Digits = Awaited<ReturnType<typeof digits>>;

/** Milliseconds of one row from cells to probabilities: what the worker does for it, message and JSON left out. */
async function oneRow({ artefact, rows }: Digits, engine: Engine, count: number): Promise<number[]> {
  const predictor = await Predictor.load(artefact, [engine]);
  if (predictor.engine !== engine) throw new Error(`${engine} does not serve this network.`);
  const latencies: number[] = [];
  for (let at = 0; at < count; at++) {
    const row = rows[at % rows.length] ?? [];
    const begun = performance.now();
    await predictor.run([row]);
    latencies.push(performance.now() - begun);
  }
  await predictor.dispose();
  return latencies.slice(count / 4);
}

/** The same from the event loop's side, with one caller or many who each ask again as soon as they are answered. */
async function inProcess({ artefact, objects }: Digits, engine: Engine, clients: number, ms: number) {
  const pool = new PredictorPool({ threads: 1, engines: [engine] });
  const model = { key: engine, load: async () => artefact };
  const latencies: number[] = [];
  const client = async (begun: number): Promise<void> => {
    for (let now = begun; now - begun < ms; ) {
      await pool.predict(model, [objects[latencies.length % objects.length]]);
      const after = performance.now();
      latencies.push(after - now);
      now = after;
    }
  };
  const all = (): Promise<unknown> => {
    const begun = performance.now();
    return Promise.all(Array.from({ length: clients }, () => client(begun)));
  };
  await all();
  latencies.length = 0;
  const begun = performance.now();
  await all();
  const perSecond = latencies.length / ((performance.now() - begun) / 1_000);
  await pool.close();
  return { perSecond, p50: median(latencies), p99: percentile(latencies, 0.99) };
}

/** Both engines in turns, so that whatever else the machine does meets both; the median of the rounds counts. */
async function inTurns<T>(
  measure: (engine: Engine) => Promise<T>,
  times: number,
): Promise<[onnx: T[], tfjs: T[]]> {
  const results: [T[], T[]] = [[], []];
  for (let round = 0; round < times; round++) {
    results[0].push(await measure("ONNXRUNTIME"));
    results[1].push(await measure("TFJS"));
  }
  return results;
}

async function overHttp(ms: number): Promise<{ perSecond: number; p99: number }> {
  const world = await World.start();
  const tenant = await world.tenant("bench");
  const modelId = await deployedModel(tenant.owner);
  const server = await Server.start(world, "batched");
  const predict = { query: predictQuery, variables: { input: { modelId, rows: [penguin] } } };
  await load(server.url, tenant.owner.headers, predict, callers, ms / 2);
  const { perSecond, latencies } = await load(server.url, tenant.owner.headers, predict, callers, ms);
  await server.stop();
  await world.stop();
  return { perSecond, p99: percentile(latencies, 0.99) };
}

export const program: Bench = {
  summary:
    "one row and 32 callers on a network of 64-128-64-10, onnxruntime beside tfjs; 32 clients over HTTP",
  targets: {
    "serve-one-row": { of: "value", atMost: 0.2 },
    "serve-in-process": { of: "value", atLeast: 50_000 },
  },
  async run(report, { quick }: BenchOptions) {
    await startBackend();
    const model = await digits();
    const [times, ms] = quick ? [1, 500] : [rounds, 2_000];
    const [row, rowTfjs] = await inTurns((engine) => oneRow(model, engine, 4_000), times);
    report(figure("serve-one-row", median(row.map(median)), "ms", median(rowTfjs.map(median))));
    const [one, oneTfjs] = await inTurns((engine) => inProcess(model, engine, 1, ms / 2), times);
    const p50 = (all: typeof one): number => median(all.map((each) => each.p50));
    report(figure("serve-round-trip", p50(one), "ms", p50(oneTfjs)));
    const [many, manyTfjs] = await inTurns((engine) => inProcess(model, engine, callers, ms), times);
    const rate = (all: typeof many): number => median(all.map(({ perSecond }) => perSecond));
    const p99 = (all: typeof many): number => median(all.map((each) => each.p99));
    report(figure("serve-in-process", rate(many), "predictions/s", rate(manyTfjs)));
    report(figure("serve-in-process-p99", p99(many), "ms", p99(manyTfjs)));
    const http = await overHttp(2 * ms);
    report(figure("serve-http", http.perSecond, "predictions/s"));
    report(figure("serve-http-p99", http.p99, "ms"));
  },
};
