import { createHash } from "node:crypto";
import { type Architecture, checkArchitecture, sizeOf } from "./architecture/index.js";
import { packArtefact } from "./artefact.js";
import type { Cell } from "./cell.js";
import { kernels, startBackend } from "./compute/engine.js";
import type { EpochMeasures } from "./checkpoint.js";
import { sha256 } from "./container.js";
import { newDesign } from "./design.js";
import { TrainingDataUnusable, TrainingLimitExceeded } from "./errors.js";
import { encodeExamples } from "./examples.js";
import { type Base, designOf } from "./fine-tuning.js";
import { type Hyperparameters, parseHyperparameters } from "./hyperparameters.js";
import { leastTrainingRows, mostInputValues } from "./learning.limits.js";
import { type Evaluation, evaluate, keptOutcomes, metricsOf, packOutcomes } from "./evaluation/index.js";
import type { Metrics } from "./metrics.js";
import { Predictor } from "./predictor.js";
import {
  columnCells,
  inputShapeOf,
  type LearningTask,
  onlyTexts,
  type Preprocessing,
  RowEncoder,
  type Table,
} from "./preprocessing.js";
import { forecastCount, measureSeries, requireForecasts, splitSeries, withHistory } from "./series/index.js";
import { defaultTestFraction, type Split, splitByPlan, splitRows } from "./split.js";
import type { SplitPlan } from "./splitting/plan.js";
import { classesOf, hasTarget, outputWidth, targetValues } from "./target.js";
import { Trainer } from "./trainer.js";

/** What a training is given besides its rows. Left out, architecture and hyperparameters are chosen to suit. */
export interface LearningPlan {
  task: LearningTask;
  architecture?: unknown;
  hyperparameters?: unknown;
  seed: number;
  /** How rows are held out for the metrics; every fourth one unless said otherwise. */
  split?: SplitPlan | null;
  /** The trained version to go on from, instead of fresh weights. */
  base?: Base | null;
}

export interface Progress extends EpochMeasures {
  /** Epochs done and at most to do. */
  epoch: number;
  epochs: number;
  /** Expected time to the last epoch, in milliseconds. */
  etaMs: number;
  /** Time that this epoch took, in milliseconds; waiting for a process or a database is not in it. */
  epochMs: number;
}

export interface LearningResult {
  artefact: Uint8Array;
  sha256: string;
  metrics: Metrics;
  evaluation: Evaluation;
  /** What was said of each held-out row, by `packOutcomes`. */
  outcomes: Uint8Array;
  /** The seed of the plan. */
  seed: number;
  history: EpochMeasures[];
  /** Epochs run, and the one whose weights were kept. */
  epochs: number;
  bestEpoch: number;
  architecture: Architecture;
  hyperparameters: Hyperparameters;
  preprocessing: Preprocessing;
  /** `dropped` rows had no target. */
  rows: { train: number; validation: number; test: number; dropped: number };
  /** The plan's; null is every fourth row. */
  split: SplitPlan | null;
  /** Whether the weights began as those of another version, and how many of the last layers went on learning. */
  fineTuning: { trainableLayers: number | null } | null;
  kernels: { backend: string; version: string };
}

/** Rows for the metrics, with their places in the dataset. */
interface HeldOut extends Table {
  places: readonly number[];
}

const pick = (table: Table, numbers: readonly number[]): Table => ({
  columns: table.columns,
  rows: numbers.map((number) => table.rows[number] ?? []),
});

/** The rows of a part; of a series with those before them, which its forecasts are made from. */
const partOf = ({ type }: LearningTask, table: Table, numbers: readonly number[]): Table =>
  type === "TIME_SERIES" ? withHistory(table, numbers) : pick(table, numbers);

function splitOf(
  table: Table,
  { task, split, seed }: LearningPlan,
  target: readonly (Cell | undefined)[],
  validationSplit: number,
): Split {
  if (!split) return splitRows(target.length, { testFraction: defaultTestFraction, validationSplit, seed });
  const column = split.column === null ? [] : columnCells(table, split.column, "split.column");
  const cells = { target, numbers: task.type === "REGRESSION", column };
  return splitByPlan(split, cells, { validationSplit, seed });
}

/** The parts without rows that lack a target. The split comes first: a row's part does not depend on whether it has one. */
function usableSplit(table: Table, plan: LearningPlan, validationSplit: number): Split & { dropped: number } {
  if (plan.task.type === "TIME_SERIES")
    return splitSeries(table, plan.task, { testFraction: defaultTestFraction, validationSplit });
  const cells = columnCells(table, plan.task.target);
  const split = splitOf(table, plan, cells, validationSplit);
  const usable = (numbers: number[]) => numbers.filter((number) => hasTarget(plan.task.type, cells[number]));
  const parts = {
    train: usable(split.train),
    validation: usable(split.validation),
    test: usable(split.test),
  };
  if (parts.train.length < leastTrainingRows || parts.test.length === 0) {
    const message = `Only ${parts.train.length} training and ${parts.test.length} test rows have a target; at least ${leastTrainingRows} and 1 are needed.`;
    throw new TrainingDataUnusable(message, { fields: [{ path: "target", message }] });
  }
  return {
    ...parts,
    dropped: cells.length - parts.train.length - parts.validation.length - parts.test.length,
  };
}

function digest(table: Table, ...parts: unknown[]): string {
  const hash = createHash("sha256").update(JSON.stringify([kernels, table.columns, ...parts]));
  for (const row of table.rows) hash.update(JSON.stringify(row));
  return hash.digest("hex");
}

/** What is measured on the artefact, on rows that know their places in the dataset. */
async function measure(
  predictor: Predictor,
  test: HeldOut,
  seed: number,
): Promise<Pick<LearningResult, "metrics" | "evaluation" | "outcomes">> {
  const { target } = predictor;
  const { preprocessing } = predictor.artefact;
  if (target.type === "TIME_SERIES")
    return measureSeries(preprocessing, test, seed, (windows) => predictor.forecast(windows));
  const actual = targetValues(target, columnCells(test, target.column));
  const encoder = new RowEncoder(preprocessing.features, test.columns);
  const outputs = await predictor.run(test.rows, encoder);
  const outcomes = { classes: classesOf(target), rows: test.places, actual, outputs };
  return {
    metrics: metricsOf(outcomes),
    evaluation: evaluate(outcomes, seed),
    outcomes: packOutcomes(keptOutcomes(outcomes)),
  };
}

/** Whether there is anything in the validation rows; of a series they may be fewer than the steps ahead. */
const canWatch = (numbers: readonly number[], part: Table, preprocessing: Preprocessing): boolean =>
  numbers.length > 0 &&
  (preprocessing.target.type !== "TIME_SERIES" || forecastCount(part, preprocessing) > 0);

/**
 * One training from rows to artefact, in this process. Iterate to go on to the next epoch; between two epochs
 * `checkpoint` gives the exact state.
 */
export class Learning {
  #msPerEpoch = 0;
  #epochsHere = 0;

  private constructor(
    readonly trainer: Trainer,
    readonly preprocessing: Preprocessing,
    readonly architecture: Architecture,
    readonly hyperparameters: Hyperparameters,
    private readonly test: HeldOut,
    private readonly rows: LearningResult["rows"],
    private readonly plan: LearningPlan,
  ) {}

  /** @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, TRAINING_LIMIT_EXCEEDED, CHECKPOINT_MISMATCH */
  static async start(table: Table, plan: LearningPlan, checkpoint?: Uint8Array | null): Promise<Learning> {
    const { task, seed } = plan;
    const hyperparameters = parseHyperparameters(
      plan.hyperparameters,
      task.type,
      table.rows.length,
      onlyTexts(task),
    );
    const { dropped, ...split } = usableSplit(table, plan, hyperparameters.validationSplit);
    const [train, validation] = [partOf(task, table, split.train), partOf(task, table, split.validation)];
    const test = { ...partOf(task, table, split.test), places: split.test };
    const design = plan.base ? designOf(plan.base, task, train) : newDesign(plan, train, hyperparameters);
    const { preprocessing, architecture } = design;
    requireForecasts(test, preprocessing);
    const input = inputShapeOf(preprocessing);
    const batchSize = Math.min(hyperparameters.batchSize, train.rows.length);
    checkArchitecture(architecture, input, outputWidth(preprocessing.target), batchSize);
    if (sizeOf(input.shape) * table.rows.length > mostInputValues) throw new TrainingLimitExceeded();
    await startBackend();
    const trainer = await Trainer.start(
      {
        type: task.type,
        architecture,
        input,
        hyperparameters,
        seed,
        start: plan.base ? { weights: design.weights, trainableLayers: plan.base.trainableLayers } : null,
        train: encodeExamples(train, preprocessing, hyperparameters),
        validation: canWatch(split.validation, validation, preprocessing)
          ? encodeExamples(validation, preprocessing, null)
          : null,
        fingerprint: digest(
          table,
          task,
          architecture,
          hyperparameters,
          seed,
          plan.split ?? null,
          plan.base ? [sha256(plan.base.artefact), plan.base.trainableLayers] : null,
        ),
      },
      checkpoint,
    );
    const rows = {
      train: train.rows.length,
      validation: split.validation.length,
      test: split.test.length,
      dropped,
    };
    return new Learning(trainer, preprocessing, architecture, hyperparameters, test, rows, plan);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Progress, void> {
    while (!this.trainer.finished) {
      const begin = performance.now();
      const measures = await this.trainer.epoch();
      const { epochs } = this.hyperparameters;
      const epoch = this.trainer.history.length;
      const epochMs = performance.now() - begin;
      this.#msPerEpoch += (epochMs - this.#msPerEpoch) / ++this.#epochsHere;
      yield { epoch, epochs, ...measures, etaMs: Math.round(this.#msPerEpoch * (epochs - epoch)), epochMs };
    }
  }

  checkpoint(): Promise<Uint8Array> {
    return this.trainer.checkpoint();
  }

  /** The artefact and its metrics, measured on the artefact itself as it will be served. */
  async finish(): Promise<LearningResult> {
    const { preprocessing, architecture, hyperparameters, trainer } = this;
    const packed = packArtefact({ preprocessing, architecture, kernels, weights: trainer.weights });
    // No other engine: a training process may load no native code.
    const predictor = await Predictor.load(packed.bytes, ["TFJS"]);
    const measured = await measure(predictor, this.test, this.plan.seed);
    await predictor.dispose();
    return {
      artefact: packed.bytes,
      sha256: packed.sha256,
      ...measured,
      seed: this.plan.seed,
      history: trainer.history,
      epochs: trainer.history.length,
      bestEpoch: trainer.bestEpoch,
      architecture,
      hyperparameters,
      preprocessing,
      rows: this.rows,
      split: this.plan.split ?? null,
      fineTuning: this.plan.base ? { trainableLayers: this.plan.base.trainableLayers } : null,
      kernels,
    };
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
