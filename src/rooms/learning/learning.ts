import { createHash } from "node:crypto";
import { badInput } from "../../kernel/errors.js";
import {
  type Architecture,
  type ArchitectureChoice,
  checkArchitecture,
  type InputShape,
  parseChoice,
  resolveArchitecture,
  sizeOf,
  suitableArchitecture,
  suitableImageArchitecture,
} from "./architecture/index.js";
import { packArtefact } from "./artefact.js";
import { kernels, startBackend } from "./compute/engine.js";
import type { EpochMeasures } from "./checkpoint.js";
import { TrainingDataUnusable, TrainingLimitExceeded } from "./errors.js";
import { encodeExamples } from "./examples.js";
import { type Hyperparameters, parseHyperparameters } from "./hyperparameters.js";
import { leastTrainingRows, mostInputValues } from "./learning.limits.js";
import {
  type Evaluation,
  evaluate,
  keptOutcomes,
  measurerOf,
  metricsOf,
  type Outcomes,
  packOutcomes,
} from "./evaluation/index.js";
import type { Metrics } from "./metrics.js";
import { Predictor } from "./predictor.js";
import {
  columnCells,
  fitPreprocessing,
  imageSizeOf,
  inputShapeOf,
  type LearningTask,
  mostlyText,
  onlyTexts,
  type Preprocessing,
  RowEncoder,
  type Table,
} from "./preprocessing.js";
import { defaultTestFraction, type Split, splitRows } from "./split.js";
import { type Fold, withFold } from "./search/folds.js";
import type { FoldScore } from "./search/scoring.js";
import { hasTarget, outputWidth, targetValues } from "./target.js";
import { tokenUnit, tokenFault } from "./token-input.js";
import { Trainer } from "./trainer.js";

/** What a training is given besides its rows. Left out, architecture and hyperparameters are chosen to suit. */
export interface LearningPlan {
  task: LearningTask;
  architecture?: unknown;
  hyperparameters?: unknown;
  seed: number;
  /** Part of the rows held out for the metrics; a quarter unless said otherwise. */
  testFraction?: number;
  /** Measured on this part of the training rows instead of the test rows, which then are not touched at all. */
  fold?: Fold;
}

/** A training that only is to be scored, after `until` epochs; its checkpoint goes on to later ones. */
export interface ScoringPlan extends LearningPlan {
  fold: Fold;
  until: number;
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

/** The parts without rows that lack a target. The split comes first: a row's part depends on its place alone. */
function usableSplit(table: Table, plan: LearningPlan, validationSplit: number): Split & { dropped: number } {
  const cells = columnCells(table, plan.task.target);
  const testFraction = plan.testFraction ?? defaultTestFraction;
  const split = splitRows(cells.length, { testFraction, validationSplit, seed: plan.seed });
  const usable = (numbers: number[]) => numbers.filter((number) => hasTarget(plan.task.type, cells[number]));
  const parts = withFold(
    { train: usable(split.train), validation: usable(split.validation), test: usable(split.test) },
    plan,
    cells,
  );
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

async function outcomesOf(predictor: Predictor, test: HeldOut): Promise<Outcomes> {
  const { target } = predictor;
  const actual = targetValues(target, columnCells(test, target.column));
  const encoder = new RowEncoder(predictor.artefact.preprocessing.features, test.columns);
  const outputs = await predictor.run(test.rows, encoder);
  const classes = target.type === "REGRESSION" ? null : target.classes;
  return { classes, rows: test.places, actual, outputs };
}

/** What is measured on the artefact, on rows that know their places in the dataset. */
async function measure(
  predictor: Predictor,
  test: HeldOut,
  seed: number,
): Promise<Pick<LearningResult, "metrics" | "evaluation" | "outcomes">> {
  const outcomes = await outcomesOf(predictor, test);
  return {
    metrics: metricsOf(outcomes),
    evaluation: evaluate(outcomes, seed),
    outcomes: packOutcomes(keptOutcomes(outcomes)),
  };
}

/** What the plan chooses, or null for what suits. @throws BAD_USER_INPUT */
function choiceFor({ task, architecture }: LearningPlan): ArchitectureChoice | null {
  const choice = architecture ? parseChoice(architecture) : null;
  const fault = tokenFault(task, choice);
  if (fault) throw badInput(fault.path, fault.message);
  return choice;
}

function architectureFor(
  choice: ArchitectureChoice | null,
  task: LearningTask,
  { features }: Preprocessing,
  input: InputShape,
  rows: number,
): Architecture {
  if (choice) return resolveArchitecture(choice, input);
  if (imageSizeOf(task)) return suitableImageArchitecture(input);
  return suitableArchitecture(task.type, rows, sizeOf(input.shape), mostlyText(features));
}

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
    private readonly seed: number,
    private readonly rows: LearningResult["rows"],
    private readonly until: number,
  ) {}

  /** @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, TRAINING_LIMIT_EXCEEDED, CHECKPOINT_MISMATCH */
  static async start(
    table: Table,
    plan: LearningPlan | ScoringPlan,
    checkpoint?: Uint8Array | null,
  ): Promise<Learning> {
    const { task, seed } = plan;
    const hyperparameters = parseHyperparameters(
      plan.hyperparameters,
      task.type,
      table.rows.length,
      onlyTexts(task),
    );
    const { dropped, ...split } = usableSplit(table, plan, hyperparameters.validationSplit);
    const [train, validation] = [pick(table, split.train), pick(table, split.validation)];
    const choice = choiceFor(plan);
    const preprocessing = fitPreprocessing(task, train, tokenUnit(task, choice));
    const input = inputShapeOf(preprocessing);
    const architecture = architectureFor(choice, task, preprocessing, input, train.rows.length);
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
        train: encodeExamples(train, preprocessing, hyperparameters.classWeights),
        validation: validation.rows.length > 0 ? encodeExamples(validation, preprocessing, "NONE") : null,
        fingerprint: digest(
          table,
          task,
          architecture,
          hyperparameters,
          seed,
          plan.testFraction ?? defaultTestFraction,
          ...(plan.fold ? [plan.fold] : []),
        ),
      },
      checkpoint,
    );
    const rows = {
      train: train.rows.length,
      validation: validation.rows.length,
      test: split.test.length,
      dropped,
    };
    const test = { ...pick(table, split.test), places: split.test };
    const until = "until" in plan ? plan.until : hyperparameters.epochs;
    return new Learning(trainer, preprocessing, architecture, hyperparameters, test, seed, rows, until);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Progress, void> {
    while (!this.trainer.finished && this.trainer.history.length < this.until) {
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

  async #pack(): Promise<{ packed: ReturnType<typeof packArtefact>; predictor: Predictor }> {
    const { preprocessing, architecture, trainer } = this;
    const packed = packArtefact({ preprocessing, architecture, kernels, weights: trainer.weights });
    // No other engine: a training process may load no native code.
    return { packed, predictor: await Predictor.load(packed.bytes, ["TFJS"]) };
  }

  /** What the weights so far are worth on the held-out rows, measured as `finish` does. */
  async score(): Promise<FoldScore> {
    const { predictor } = await this.#pack();
    const outcomes = await outcomesOf(predictor, this.test);
    await predictor.dispose();
    return {
      measures: measurerOf(outcomes)(),
      rows: outcomes.actual.length,
      parameters: this.trainer.weights.length,
      checkpoint: await this.checkpoint(),
    };
  }

  /** The artefact and its metrics, measured on the artefact itself as it will be served. */
  async finish(): Promise<LearningResult> {
    const { preprocessing, architecture, hyperparameters, trainer } = this;
    const { packed, predictor } = await this.#pack();
    const measured = await measure(predictor, this.test, this.seed);
    await predictor.dispose();
    return {
      artefact: packed.bytes,
      sha256: packed.sha256,
      ...measured,
      seed: this.seed,
      history: trainer.history,
      epochs: trainer.history.length,
      bestEpoch: trainer.bestEpoch,
      architecture,
      hyperparameters,
      preprocessing,
      rows: this.rows,
      kernels,
    };
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
