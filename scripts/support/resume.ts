import { setTimeout as wait } from "node:timers/promises";
import {
  layerTypes,
  type LearningResult,
  presetNames,
  TrainerPool,
  type TrainingRequest,
} from "../../src/rooms/learning/index.js";
import { seededRandom } from "../../src/rooms/learning/random.js";
import { codeOf, dataSet } from "../../test/rooms/learning/data.js";

/*
 * Trainings whose process is killed again and again, against the same training left alone. The pool is set as
 * production sets it, but for one process, so that the only one there is must be the one that trains.
 */

const rows = 320;
const epochs = 14;
/** Checkpoints of large networks are rarer than epochs; with one at each, no epoch would ever be repeated. */
const checkpointEvery = 2;

/** Small sizes: what is compared is the state, of which every layer has its share whatever its width. */
const small: Record<string, object> = {
  DENSE: { units: 32, batchNormalization: true },
  CNN_1D: { filters: 8, units: 16, batchNormalization: true },
  CNN_2D: { filters: 8, units: 16, batchNormalization: true },
  LSTM: { units: 16 },
  GRU: { units: 16 },
  TRANSFORMER: { depth: 1, heads: 2, dimensions: 16, units: 32 },
  GRADIENT_BOOSTED_TREES: { trees: 280, depth: 3 },
};

/** Every type of layer that 64 columns can pass through. */
export const everyLayer = [
  { type: "RESHAPE", shape: [8, 8, 1] },
  { type: "CONV2D", filters: 4, batchNormalization: true, dropout: 0.1 },
  { type: "MAX_POOLING2D" },
  { type: "AVERAGE_POOLING2D", strides: 1 },
  { type: "BATCH_NORMALIZATION" },
  { type: "RESHAPE", shape: [9, 4] },
  { type: "CONV1D", filters: 8, l2: 0.001 },
  { type: "MAX_POOLING1D", strides: 1 },
  { type: "AVERAGE_POOLING1D", strides: 1 },
  { type: "POSITION_EMBEDDING" },
  { type: "TRANSFORMER_BLOCK", heads: 2, units: 16, dropout: 0.1 },
  { type: "LSTM", units: 8, returnSequences: true, dropout: 0.1 },
  { type: "GRU", units: 16, returnSequences: true },
  { type: "LAYER_NORMALIZATION" },
  { type: "GLOBAL_MAX_POOLING" },
  { type: "RESHAPE", shape: [2, 8] },
  { type: "GLOBAL_AVERAGE_POOLING" },
  { type: "RESHAPE", shape: [4, 2] },
  { type: "FLATTEN" },
  { type: "DROPOUT", dropout: 0.1 },
  { type: "DENSE", units: 16 },
] as const;

/** Tokens are not what a table has. */
export const layersOfTables = layerTypes.filter((type) => type !== "EMBEDDING");

export const architectureNames = presetNames;
export type ArchitectureName = (typeof architectureNames)[number];

/** A training of the digits, a table of 64 columns: a square, as CNN_2D asks for. */
function requestOf(name: ArchitectureName, seed: number): TrainingRequest {
  const { table, plan } = dataSet("digits-8x8", seed);
  const architecture =
    name === "CUSTOM" ? { preset: name, layers: everyLayer } : { preset: name, parameters: small[name] };
  // Early stopping has a state of its own, the best weights so far, which a checkpoint must keep as well.
  const earlyStopping = { patience: epochs, minDelta: 0 };
  // Trees take all rows at once.
  const batches = name === "GRADIENT_BOOSTED_TREES" ? {} : { batchSize: 16 };
  const hyperparameters = { epochs, earlyStopping, ...batches };
  return { ...plan, columns: table.columns, rows: table.rows.slice(0, rows), architecture, hyperparameters };
}

/** When a process is killed, after so many epochs of its own. */
interface Moment {
  epochs: number;
  /** Part of an epoch later; null for the very moment at which a checkpoint has arrived. */
  later: number | null;
}

/** At most three epochs each, so that the last of three kills still finds the training under way. */
const momentOf = (random: () => number, kill: number): Moment => ({
  epochs: Math.floor(random() * 3),
  later: kill % 3 === 1 ? null : random(),
});

/** On a busy machine a signal may come late. */
const mostLate = 3;

interface Attempt {
  /** Epochs that were reported, by their numbers. */
  epochs: number[];
  checkpoint: Uint8Array | null;
}

/** That of the training before may be on its way out, and gone meanwhile. */
function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Kills the pool's process at its moment. Resolves with what it left behind, or with null where the training was over
 * before the signal came; throws where it ended otherwise.
 */
async function killed(
  pool: TrainerPool,
  request: TrainingRequest,
  moment: Moment,
  epochMs: number,
): Promise<Attempt | null> {
  const attempt: Attempt = { epochs: [], checkpoint: request.checkpoint ?? null };
  const { later, epochs: due } = moment;
  const kill = async (): Promise<void> => {
    if (later !== null) await wait(later * epochMs);
    for (const pid of pool.pids) end(pid);
  };
  // No epoch at all: while rows arrive, the network is built or the first epoch runs.
  let killing = later !== null && due === 0 ? kill() : null;
  const onEpoch = async ({ epoch }: { epoch: number }, checkpoint: Uint8Array | null): Promise<void> => {
    attempt.epochs.push(epoch);
    attempt.checkpoint = checkpoint ?? attempt.checkpoint;
    if (attempt.epochs.length >= due && (later !== null || checkpoint)) killing ??= kill();
    // As if storing took so long: the process trains one epoch more and can't be at its end before the kill is.
    await killing;
  };
  const code = await codeOf(pool.train(request, { onEpoch }));
  if (code === "none") return null;
  if (code !== "TRAINING_CRASHED") throw new Error(`A killed training ended with ${code}.`);
  return attempt;
}

const same = (one: LearningResult, other: LearningResult): boolean =>
  Buffer.compare(one.artefact, other.artefact) === 0 &&
  JSON.stringify(one.history) === JSON.stringify(other.history);

/** What became of one training. */
export interface Resumed {
  kills: number;
  /** Whether every byte of the artefact and every measure of the history is that of the training left alone. */
  equal: boolean;
  /** Epochs reported more than once; those that were cut off in their middle come on top. */
  epochsRepeated: number;
}

/** Trains once undisturbed and once with so many kills (at most 3), all at moments of the seed. */
export async function resumeAfterKills(
  name: ArchitectureName,
  kills: number,
  seed: number,
): Promise<Resumed> {
  // No spare, which the kills would meet as well; and no checkpoint left out, since some kills wait for one.
  const pool = new TrainerPool({ size: 1, warm: 0, recycleAfter: 1, checkpointEvery, checkpointShare: 1 });
  try {
    const times: number[] = [];
    const whole = await pool.train(requestOf(name, seed), {
      onEpoch: ({ epochMs }) => void times.push(epochMs),
    });
    const epochMs = times.reduce((sum, time) => sum + time, 0) / times.length;
    const random = seededRandom(seed, "kills", name);
    const reported: number[] = [];
    let checkpoint: Uint8Array | null = null;
    for (let kill = 0, late = 0; kill < kills; kill++) {
      const request: TrainingRequest = { ...requestOf(name, seed), checkpoint };
      const attempt: Attempt | null = await killed(pool, request, momentOf(random, kill), epochMs);
      if (attempt === null) {
        if (++late > mostLate) throw new Error("The trainings were over before they could be killed.");
        kill--;
        continue;
      }
      reported.push(...attempt.epochs);
      checkpoint = attempt.checkpoint;
    }
    const onEpoch = ({ epoch }: { epoch: number }): void => void reported.push(epoch);
    const resumed = await pool.train({ ...requestOf(name, seed), checkpoint }, { onEpoch });
    return { kills, equal: same(whole, resumed), epochsRepeated: reported.length - epochs };
  } finally {
    await pool.close();
  }
}
