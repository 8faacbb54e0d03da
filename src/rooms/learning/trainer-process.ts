import { heapBytes, startBackend } from "./compute/engine.js";
import type { Row } from "./cell.js";
import { CheckpointPace } from "./checkpoint-pace.js";
import { toPlainError } from "./errors.js";
import { declaredMemory, outOfMemory } from "./failure-cause.js";
import { Learning } from "./learning.js";
import type { Progress } from "./plan.js";
import { surveyRows } from "./search/survey.js";
import { warmUp } from "./trainer-warm-up.js";
import type { FromTrainer, JobResult, ToTrainer, TrainerLimits } from "./trainer-messages.js";

/*
 * Entry of a training process: one job at a time, no environment, no database, no network. It lives only as long as
 * its parent: a closed channel ends it, also in the middle of an epoch (the trainer yields for this).
 */
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides how a running training ends.
process.on("SIGINT", () => undefined);

/** Resolves when the message has left. */
const send = (message: FromTrainer): Promise<void> =>
  new Promise((resolve) => void process.send?.(message, undefined, undefined, () => resolve()));

type Plan = Extract<ToTrainer, { type: "plan" }>;
const memoryEveryMs = 250;
let job: { order: Plan; rows: Row[] } | undefined;
let acknowledge: () => void = () => undefined;

function checkMemory({ memoryBytes }: TrainerLimits): void {
  const { rss } = process.memoryUsage();
  if (rss <= memoryBytes) return;
  const [used, allowed] = [rss, memoryBytes].map((bytes) => Math.round(bytes / 2 ** 20));
  throw outOfMemory(
    `The training needs ${used} MiB of memory and may use ${allowed} MiB. Use a smaller model or less data.`,
  );
}

/** Reports each epoch and trains the next while the parent stores it, but never runs further ahead than that. */
async function trainAll(learning: Learning, limits: TrainerLimits): Promise<void> {
  const pace = new CheckpointPace(limits);
  let acknowledged = Promise.resolve();
  for await (const progress of learning) {
    checkMemory(limits);
    const from = performance.now();
    await acknowledged;
    pace.waited(performance.now() - from);
    acknowledged = new Promise((resolve) => {
      acknowledge = resolve;
    });
    await report(learning, progress, pace);
  }
  await acknowledged;
}

/** Waits until it has left: training gives the event loop little time, and a large message would arrive an epoch late. */
async function report(learning: Learning, progress: Progress, pace: CheckpointPace): Promise<void> {
  const from = performance.now();
  const checkpoint = pace.due(progress.epoch, from) ? await learning.checkpoint() : null;
  await send({ type: "epoch", progress, checkpoint });
  const now = performance.now();
  if (checkpoint) pace.made(checkpoint.length, now - from, now);
}

/** Rejects once the process is too large: within an epoch too, since one can take hours. */
function overflow(limits: TrainerLimits): { over: Promise<never>; stop: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    try {
      checkMemory(limits);
    } catch (error) {
      reject(error);
    }
  }, memoryEveryMs);
  return { over: promise, stop: () => clearInterval(timer) };
}

async function run(started: NonNullable<typeof job>): Promise<void> {
  checkMemory(started.order.limits);
  const { over, stop } = overflow(started.order.limits);
  // What lost the race goes on until the parent, told of the failure, ends this process.
  await Promise.race([learn(started), over]).finally(stop);
}

const done = (result: JobResult): Promise<void> => send({ type: "done", result, heapBytes: heapBytes() });

async function learn({ order, rows }: NonNullable<typeof job>): Promise<void> {
  const { plan, columns } = order;
  if ("folds" in plan) return done(surveyRows({ columns, rows }, plan));
  const learning = await Learning.start({ columns, rows }, plan, order.checkpoint);
  try {
    await trainAll(learning, order.limits);
    await done(await ("until" in plan ? learning.score() : learning.finish()));
  } finally {
    learning.dispose();
  }
}

async function runJob(): Promise<void> {
  // Both seed the one Math.random of this process.
  await warm;
  try {
    if (job) await run(job);
  } catch (error) {
    await send({ type: "failed", error: toPlainError(declaredMemory(error)) });
  } finally {
    job = undefined;
  }
}

process.on("message", (message: ToTrainer) => {
  if (message.type === "plan") job = { order: message, rows: [] };
  else if (message.type === "rows") for (const row of message.rows) job?.rows.push(row);
  else if (message.type === "acknowledged") acknowledge();
  else void runJob();
});

// A machine that can't even do this says so with the first job, which names what is missing.
const warm = startBackend()
  .then(warmUp)
  .then(() => send({ type: "ready" }))
  .catch(() => undefined);
