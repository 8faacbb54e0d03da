import { type Architecture, parseChoice } from "./architecture/index.js";
import { packArtefact } from "./artefact.js";
import { startClusters } from "./clusters/index.js";
import { kernels, startBackend } from "./compute/engine.js";
import type { EpochMeasures } from "./checkpoint.js";
import { startTexts } from "./generation/index.js";
import type { Learner, Measured, Started } from "./learner.js";
import type { Parts } from "./parts.js";
import type { LearningPlan, Progress, ScoringPlan } from "./plan.js";
import { onlyTexts, type Preprocessing } from "./preprocessing.js";
import { isBoosting, isClustering, parseSettings, type Settings } from "./settings.js";
import type { FoldScore } from "./search/scoring.js";
import type { SplitPlan } from "./splitting/plan.js";
import { startNetwork } from "./start-network.js";
import type { Table } from "./task.js";
import { startTrees } from "./trees/index.js";

export interface LearningResult extends Measured {
  artefact: Uint8Array;
  sha256: string;
  /** The seed of the plan. */
  seed: number;
  history: EpochMeasures[];
  /** Epochs run, and the one whose weights were kept. */
  epochs: number;
  bestEpoch: number;
  architecture: Architecture;
  hyperparameters: Settings;
  preprocessing: Preprocessing;
  rows: Parts["rows"];
  /** The plan's; null is every fourth row. */
  split: SplitPlan | null;
  /** Whether the weights began as those of another version, and how many of the last layers went on learning. */
  fineTuning: { trainableLayers: number | null } | null;
  kernels: { backend: string; version: string };
}

/**
 * One training from rows to artefact, in this process. Iterate to go on to the next epoch; between two epochs
 * `checkpoint` gives the exact state.
 */
export class Learning {
  #msPerEpoch = 0;
  #epochsHere = 0;

  private constructor(
    private readonly started: Started,
    readonly hyperparameters: Settings,
    private readonly plan: LearningPlan | ScoringPlan,
  ) {}

  get trainer(): Learner {
    return this.started.learner;
  }

  /** @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, TRAINING_LIMIT_EXCEEDED, CHECKPOINT_MISMATCH */
  static async start(
    table: Table,
    plan: LearningPlan | ScoringPlan,
    checkpoint?: Uint8Array | null,
  ): Promise<Learning> {
    const { task } = plan;
    const choice = plan.architecture && !plan.base ? parseChoice(plan.architecture) : null;
    const rows = table.rows.length;
    const settings = parseSettings(plan.hyperparameters, task.type, rows, onlyTexts(task), choice);
    if (isClustering(settings))
      return new Learning(startClusters(table, plan, settings.clustering, checkpoint), settings, plan);
    if (isBoosting(settings))
      return new Learning(startTrees(table, plan, settings, checkpoint), settings, plan);
    const start = task.type === "TEXT_GENERATION" ? startTexts : startNetwork;
    return new Learning(await start(table, plan, settings, checkpoint), settings, plan);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Progress, void> {
    const until = "until" in this.plan ? this.plan.until : Number.POSITIVE_INFINITY;
    while (!this.trainer.finished && this.trainer.history.length < until) {
      const begin = performance.now();
      const measures = await this.trainer.epoch();
      const { epochs } = this.trainer;
      const epoch = this.trainer.history.length;
      const epochMs = performance.now() - begin;
      this.#msPerEpoch += (epochMs - this.#msPerEpoch) / ++this.#epochsHere;
      yield { epoch, epochs, ...measures, etaMs: Math.round(this.#msPerEpoch * (epochs - epoch)), epochMs };
    }
  }

  checkpoint(): Promise<Uint8Array> {
    return this.trainer.checkpoint();
  }

  async #pack() {
    const { preprocessing: learnt } = this.started;
    const { architecture, weights, target = learnt.target } = this.trainer.learnt;
    const preprocessing = { ...learnt, target };
    await startBackend();
    return {
      preprocessing,
      architecture,
      ...packArtefact({ preprocessing, architecture, kernels, weights }),
    };
  }

  /** What the weights so far are worth on the held-out rows. */
  async score(): Promise<FoldScore> {
    if (!this.started.score) throw new Error("Only what is learnt row by row is searched.");
    const { bytes } = await this.#pack();
    return {
      ...(await this.started.score(bytes)),
      parameters: this.trainer.learnt.weights.length,
      checkpoint: await this.checkpoint(),
    };
  }

  /** The artefact and its metrics, measured on the artefact itself as it will be served. */
  async finish(): Promise<LearningResult> {
    const { hyperparameters, trainer, started, plan } = this;
    const { preprocessing, architecture, bytes, sha256 } = await this.#pack();
    return {
      artefact: bytes,
      sha256,
      ...(await started.measure(bytes)),
      seed: plan.seed,
      history: trainer.history,
      epochs: trainer.history.length,
      bestEpoch: trainer.bestEpoch,
      architecture,
      hyperparameters,
      preprocessing,
      rows: started.rows,
      split: plan.split ?? null,
      fineTuning: plan.base ? { trainableLayers: plan.base.trainableLayers } : null,
      kernels,
    };
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
