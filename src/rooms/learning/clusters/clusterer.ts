import type { EpochMeasures } from "../checkpoint.js";
import { TrainingDiverged } from "../errors.js";
import type { Learner, Learnt } from "../learner.js";
import type { ClusterCandidate } from "./candidate.js";
import { packClusters, parseClusters } from "./checkpoint.js";
import { type ClusterModel, membershipOf, reordered } from "./model.js";
import { networkOf } from "./network.js";
import { distinctNeeded, numbersOf } from "./numbers.js";
import { distinctRows, meanVariance, pickColumns, type Points, varyingColumns } from "./points.js";
import { type ClusteringProblem, suitableWork } from "./run.js";
import { newSearch, Search, type SearchState } from "./search.js";
import type { ClusteringSettings } from "./settings.js";
import { clusterTarget } from "./target.js";

export interface ClustererOptions {
  /** The encoded training rows. */
  points: Points;
  settings: ClusteringSettings;
  seed: number;
  /** Digest of all that the clusters depend on; a checkpoint of another one is refused. */
  fingerprint: string;
  /** Values looked at in one epoch, which decides what is an epoch and not what is found. */
  work?: number;
}

/** The clusters that were chosen, the largest first. */
export interface Clusters {
  model: ClusterModel;
  /** Training rows of each. */
  sizes: number[];
  /** The columns that the model is over, among those of the encoded rows. */
  columns: number[];
  candidates: ClusterCandidate[];
}

/** A thousandth of the data's own variance: less would need digits that single precision does not have. */
const leastVarianceShare = 1e-3;

/** Looks for clusters epoch by epoch; what it draws depends on the seed alone. */
export class Clusterer implements Learner {
  readonly history: EpochMeasures[] = [];
  readonly #search: Search;
  readonly #problem: ClusteringProblem;
  readonly #columns: number[];
  #clusters: Clusters | null = null;

  private constructor(
    private readonly options: ClustererOptions,
    state: SearchState,
  ) {
    const { points: all, settings, seed, work = suitableWork } = options;
    this.#columns = varyingColumns(all);
    const points = pickColumns(all, this.#columns);
    const distinct = this.#columns.length === 0 ? 1 : distinctRows(points, distinctNeeded(settings));
    const { rows, width } = points;
    const numbers = numbersOf(settings, { rows, inputs: all.width, width, distinct });
    const leastVariance = leastVarianceShare * meanVariance(points);
    this.#problem = { points, algorithm: settings.algorithm, seed, leastVariance, work };
    this.#search = new Search(this.#problem, numbers, state);
  }

  /**
   * A fresh search, or one that goes on from `checkpoint`.
   * @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, CHECKPOINT_MISMATCH
   */
  static start(options: ClustererOptions, checkpoint?: Uint8Array | null): Clusterer {
    if (!checkpoint) return new Clusterer(options, newSearch());
    const { state, history } = parseClusters(checkpoint, options.fingerprint);
    const clusterer = new Clusterer(options, state);
    clusterer.history.push(...history);
    return clusterer;
  }

  get finished(): boolean {
    return this.#search.finished;
  }

  get epochs(): number {
    return this.#search.epochs;
  }

  get bestEpoch(): number {
    return this.#search.state.best?.epoch ?? this.history.length;
  }

  /** One epoch. @throws TRAINING_DIVERGED where numbers left the range of doubles */
  epoch(): Promise<EpochMeasures> {
    const loss = this.#search.advance();
    if (!Number.isFinite(loss)) return Promise.reject(new TrainingDiverged(notFinite));
    const measures = { loss, accuracy: null, valLoss: null, valAccuracy: null };
    this.history.push(measures);
    return Promise.resolve(measures);
  }

  /** What was chosen; the search must be finished. */
  get clusters(): Clusters {
    this.#clusters ??= this.#ordered();
    return this.#clusters;
  }

  #ordered(): Clusters {
    const { best, candidates } = this.#search.state;
    if (!best) throw new Error("The search for clusters is not finished.");
    const { labels } = membershipOf(best.model, this.#problem.points, best.clusters);
    const counts = Array<number>(best.clusters).fill(0);
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
    const order = Array.from(counts.keys()).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
    return {
      model: reordered(best.model, order),
      sizes: order.map((place) => counts[place] ?? 0),
      columns: this.#columns,
      candidates,
    };
  }

  get learnt(): Learnt {
    const { model, sizes, columns } = this.clusters;
    const { width } = this.options.points;
    return { ...networkOf(model, { columns, width }), target: clusterTarget(model.algorithm, sizes.length) };
  }

  checkpoint(): Promise<Uint8Array> {
    const { fingerprint } = this.options;
    return Promise.resolve(packClusters({ fingerprint, history: this.history, state: this.#search.state }));
  }

  dispose(): void {
    // Nothing but memory of the process, which goes with the object.
  }
}

const notFinite =
  "The distances between rows are no longer finite numbers. Leave out features of extreme values.";
