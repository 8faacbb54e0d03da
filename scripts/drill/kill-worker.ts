import { setTimeout as wait } from "node:timers/promises";
import {
  createDataset,
  createModel,
  deploy,
  ended,
  OtherProcess,
  predict,
  start,
} from "../../test/rooms/training/support.js";
import type { TenantOfWorld } from "../../test/support/world.js";
import { World } from "../../test/support/world.js";
import type { Drill } from "../support/programs.js";

const seeds = 3;
const trainingsEach = 4;
const kills = 5;
const predictingClients = 4;
const hyperparameters = { epochs: 120, batchSize: 8 };

/** A generator of the drill's seed (Mulberry32), so that workers die at the same moments again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Predicts until told to stop; answers how many predictions were acknowledged. */
async function predicting(tenant: TenantOfWorld, modelId: string, stopped: () => boolean): Promise<number> {
  let acknowledged = 0;
  while (!stopped()) {
    const rows = Array.from({ length: 1 + (acknowledged % 5) }, () => ({ island: "Dream" }));
    const { errors } = await predict(tenant.owner, modelId, rows);
    if (!errors) acknowledged += rows.length;
    await wait(20);
  }
  return acknowledged;
}

/** Kills two workers in turn, each time at a moment of the generator's, and hires another in its place. */
async function killInTurn(world: World, workers: OtherProcess[], random: () => number): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await wait(1_000 + random() * 4_000);
    await workers.shift()?.end("SIGKILL");
    workers.push(new OtherProcess(world, "worker"));
  }
}

interface Facts extends Record<string, unknown> {
  succeeded: number;
  versions: number;
  checkpoints: number;
  trainingEvents: number;
  trainedMs: number;
  meteredMs: number;
  predictions: number;
  attempts: number;
}

async function factsOf(world: World, { schema }: TenantOfWorld): Promise<Facts> {
  const [facts] = await world.admin<Facts>(
    `select (select count(*)::int from ${schema}.training_job where status = 'SUCCEEDED') as succeeded,
      (select count(*)::int from ${schema}.model_version) as versions,
      (select count(*)::int from ${schema}.training_checkpoint) as checkpoints,
      (select count(*)::int from ${schema}.usage_event where meter = 'TRAINING_MS') as "trainingEvents",
      (select sum(ceil(trained_ms))::int from ${schema}.training_job) as "trainedMs",
      (select sum(quantity)::int from ${schema}.usage_event where meter = 'TRAINING_MS') as "meteredMs",
      (select coalesce(sum(quantity), 0)::int from ${schema}.usage_event where meter = 'PREDICTIONS') as predictions,
      (select sum(retry_count + 1)::int from pgboss.job where name = 'training.run') as attempts`,
  );
  if (!facts) throw new Error("Nothing could be counted.");
  return facts;
}

/** Whether the chain of audit events holds, and that each training succeeded once in it. */
async function auditOf(tenant: TenantOfWorld): Promise<{ auditTrailOk: boolean | null }> {
  const { data } = await tenant.owner.send("{ verifyAuditTrail { ok } }");
  return { auditTrailOk: data?.verifyAuditTrail.ok ?? null };
}

export const program: Drill = {
  summary:
    "trainings and predictions while workers are killed -9 in turn: everything exactly once, usage difference 0",
  async run(seed) {
    const world = await World.start({ role: "api" });
    const tenant = await world.tenant("drill");
    const { owner } = tenant;
    const [modelId, datasetId] = [await createModel(owner), await createDataset(owner)];
    const workers = [new OtherProcess(world, "worker")];
    const one = (each: number) => start(owner, { modelId, datasetId, seed: each, hyperparameters });
    const sha = async (jobId: string): Promise<string> =>
      (await ended(owner, jobId)).version?.sha256 ?? "none";
    const undisturbed: string[] = [];
    for (let each = 0; each < seeds; each++) undisturbed.push(await sha(await one(each)));
    await deploy(owner, modelId);
    workers.push(new OtherProcess(world, "worker"));
    let over = false;
    const clients = Array.from({ length: predictingClients }, () => predicting(tenant, modelId, () => over));
    const ids: string[] = [];
    for (let count = 0; count < seeds * trainingsEach; count++) ids.push(await one(count % seeds));
    await killInTurn(world, workers, randomOf(seed));
    const digests = await Promise.all(ids.map(sha));
    over = true;
    const acknowledged = (await Promise.all(clients)).reduce((sum, count) => sum + count, 0);
    await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
    const { predictions, attempts, trainedMs, meteredMs, ...facts } = await factsOf(world, tenant);
    const audit = await auditOf(tenant);
    await world.stop();
    const trainings = seeds + ids.length;
    const differing = digests.filter((digest, place) => digest !== undisturbed[place % seeds]).length;
    const usageDifference = predictions - acknowledged + (meteredMs - trainedMs);
    const once = [facts.succeeded, facts.versions, facts.trainingEvents].every(
      (count) => count === trainings,
    );
    const ok =
      once &&
      differing === 0 &&
      usageDifference === 0 &&
      facts.checkpoints === 0 &&
      audit.auditTrailOk !== false;
    return {
      trainings,
      kills,
      attempts,
      ...facts,
      differing,
      predictions: acknowledged,
      usageDifference,
      ...audit,
      ok,
    };
  },
};
