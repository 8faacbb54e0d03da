import type { TreeParameters } from "../architecture/index.js";
import type { EpochMeasures } from "../checkpoint.js";
import type { Points } from "../clusters/points.js";
import { type EarlyStoppingState, isOver, noEpochYet, watch } from "../early-stopping.js";
import { TrainingDiverged } from "../errors.js";
import type { Learner, Learnt } from "../learner.js";
import { type BinnedColumn, binColumns } from "./binning.js";
import { packTrees, parseTrees } from "./checkpoint.js";
import { growTree } from "./grow.js";
import type { Slopes } from "./histogram.js";
import { networkOf } from "./network.js";
import { type Answers, lossesOf, type Objective, objectiveOf } from "./objective.js";
import { Pause } from "./pause.js";
import { borderDraw, drawnColumns, drawnRows } from "./sampling.js";
import { type BoostingSettings, treesOfEpoch } from "./settings.js";
import { addLeaf, addTree, type Forest, firstScores, type Tree } from "./tree.js";

/** Encoded rows, and what is right for each. */
export interface TreeExamples {
  points: Points;
  answers: Answers;
}

export interface BoosterOptions {
  train: TreeExamples;
  validation: TreeExamples | null;
  settings: BoostingSettings;
  /** Values that the network puts out. */
  outputs: number;
  seed: number;
  /** Digest of all that the trees depend on; a checkpoint of another one is refused. */
  fingerprint: string;
}

/**
 * Gradient boosting (Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001) of oblivious trees.
 * What is drawn for a tree depends on seed and number alone, so that a resumed training grows the very same trees.
 */
export class Booster implements Learner {
  readonly history: EpochMeasures[] = [];
  #stopping: EarlyStoppingState = noEpochYet;
  readonly #trees: Tree[] = [];
  readonly #objective: Objective;
  readonly #columns: readonly BinnedColumn[];
  readonly #scores: Float64Array;
  readonly #watched: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #pause = new Pause();

  private constructor(private readonly options: BoosterOptions) {
    const { train, validation } = options;
    this.#objective = objectiveOf(train.answers);
    this.#columns = binColumns(train.points);
    const { begin } = this.#objective;
    this.#scores = firstScores(begin, train.points.rows);
    this.#watched = firstScores(begin, validation?.points.rows ?? 0);
    this.#first = new Float64Array(this.#scores.length);
    this.#second = new Float64Array(this.#scores.length);
  }

  /** A fresh forest, or one that goes on from `checkpoint`. @throws CHECKPOINT_MISMATCH */
  static start(options: BoosterOptions, checkpoint?: Uint8Array | null): Booster {
    const booster = new Booster(options);
    if (checkpoint) booster.#resume(checkpoint);
    return booster;
  }

  /** The scores of rows are no part of a checkpoint: adding up the same trees gives the same bits. */
  #resume(bytes: Uint8Array): void {
    const { history, stopping, trees } = parseTrees(bytes, this.options.fingerprint);
    this.history.push(...history);
    this.#stopping = stopping;
    for (const tree of trees) {
      addTree(this.#scores, tree, this.options.train.points);
      this.#keep(tree);
    }
  }

  get epochs(): number {
    return this.options.settings.epochs;
  }

  get finished(): boolean {
    const { epochs, earlyStopping } = this.options.settings;
    return this.history.length >= epochs || isOver(this.#stopping, earlyStopping);
  }

  get bestEpoch(): number {
    return this.options.settings.earlyStopping ? this.#stopping.bestEpoch : this.history.length;
  }

  get #parameters(): TreeParameters {
    return this.options.settings.boosting;
  }

  /** Trees there are after so many epochs. */
  #treesAfter(epochs: number): number {
    const { trees } = this.#parameters;
    return Math.min(trees, epochs * treesOfEpoch(trees));
  }

  /** Grows the trees of one epoch. @throws TRAINING_DIVERGED */
  async epoch(): Promise<EpochMeasures> {
    const number = this.history.length + 1;
    while (this.#trees.length < this.#treesAfter(number)) await this.#grow();
    const measures = this.#measure();
    if (![measures.loss, measures.valLoss ?? 0].every(Number.isFinite))
      throw new TrainingDiverged(undefined, { epoch: number });
    this.history.push(measures);
    const rule = this.options.settings.earlyStopping;
    if (rule)
      this.#stopping = watch(this.#stopping, measures.valLoss ?? measures.loss, number, rule.minDelta);
    return measures;
  }

  async #grow(): Promise<void> {
    const { depth, l2, subsample, columnSubsample, borderSubsample } = this.#parameters;
    const { seed, settings } = this.options;
    const number = this.#trees.length + 1;
    this.#objective.derive(this.#scores, this.#first, this.#second);
    const slopes: Slopes = {
      rows: drawnRows(this.options.train.points.rows, subsample, seed, number),
      scores: this.#objective.scores,
      mostStep: this.#objective.mostStep,
      first: this.#first,
      second: this.#second,
    };
    const columns = drawnColumns(this.#columns, columnSubsample, seed, number);
    const places = borderDraw(borderSubsample, seed, number);
    const growth = { depth, l2, places, rate: settings.learningRate, pause: this.#pause };
    const { tree, leaves } = await growTree(columns, slopes, growth);
    for (let row = 0; row < leaves.length; row++)
      addLeaf(this.#scores, row, tree, leaves[row] ?? 0, slopes.scores);
    this.#keep(tree);
  }

  #keep(tree: Tree): void {
    this.#trees.push(tree);
    const { validation } = this.options;
    if (validation) addTree(this.#watched, tree, validation.points);
  }

  #measure(): EpochMeasures {
    const { train, validation } = this.options;
    const { loss, accuracy } = lossesOf(train.answers, this.#scores);
    const watched = validation && lossesOf(validation.answers, this.#watched);
    return { loss, accuracy, valLoss: watched?.loss ?? null, valAccuracy: watched?.accuracy ?? null };
  }

  /** The trees that count: under early stopping those up to the best epoch. */
  get forest(): Forest {
    const { begin } = this.#objective;
    return { begin, trees: this.#trees.slice(0, this.#treesAfter(this.bestEpoch)) };
  }

  get learnt(): Learnt {
    const { train, outputs } = this.options;
    return networkOf(this.forest, this.#parameters.depth, { width: train.points.width, outputs });
  }

  checkpoint(): Promise<Uint8Array> {
    const { fingerprint } = this.options;
    const { history } = this;
    return Promise.resolve(packTrees({ fingerprint, history, stopping: this.#stopping, trees: this.#trees }));
  }

  dispose(): void {
    // Nothing but memory of the process, which goes with the object.
  }
}
