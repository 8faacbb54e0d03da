import { seededRandom } from "../random.js";
import { emStep, mixtureOf } from "./expectation.js";
import { assign, lloydStep } from "./lloyd.js";
import type { Mixture } from "./mixture.js";
import type { ClusterModel } from "./model.js";
import type { Points } from "./points.js";
import { seedCentres } from "./seeding.js";
import type { ClusterAlgorithm } from "./settings.js";

/** One way from a random beginning to clusters that no step makes better; plain data, so that it can be kept. */
export interface Run {
  clusters: number;
  centres: Float64Array;
  /** Null for k-means. */
  mixture: Mixture | null;
  iterations: number;
  /** What the last step came from: inertia, or the negative log posterior. */
  cost: number | null;
  /** A row's share in the inertia, or its negative log-likelihood. */
  loss: number;
  settled: boolean;
}

/** What every run of a search is given. */
export interface ClusteringProblem {
  points: Points;
  algorithm: ClusterAlgorithm;
  seed: number;
  /** Variance below which no cluster is let; a thousandth of that of the data. */
  leastVariance: number;
  /** Values looked at in one epoch. */
  work: number;
}

/** Far beyond what data need; a run that goes on after them has all but stopped. */
export const mostIterations = { K_MEANS: 300, GAUSSIAN_MIXTURE: 200 } as const;
/** EM creeps in the end; less than this for a row, in nats, no longer moves a label. */
const leastGain = 1e-5;
/** Some tenths of a second: so often is a lost parent or a limit noticed. */
export const suitableWork = 100_000_000;
/** EM mends what k-means leaves unfinished. */
const firstSteps = 20;
/** Where rows are many a few steps must do, since they are not divided into epochs. */
const firstWork = 1_000_000_000;

const workOf = ({ points, algorithm }: ClusteringProblem, clusters: number): number =>
  points.rows * points.width * clusters * (algorithm === "K_MEANS" ? 1 : points.width);

/** How many steps an epoch takes, by counts alone: an epoch measured in time would not be the same twice. */
export const stepsOfEpoch = (problem: ClusteringProblem, clusters: number): number =>
  Math.max(1, Math.floor(problem.work / workOf(problem, clusters)));

/** Of one average cluster: its variance is raised by about `leastVariance`. */
const priorOf = ({ points, leastVariance }: ClusteringProblem, clusters: number): number =>
  (leastVariance * points.rows) / clusters;

function firstMixture(problem: ClusteringProblem, seeds: Float64Array, clusters: number): Mixture {
  const { points } = problem;
  let centres = seeds;
  const most = Math.ceil(firstWork / (points.rows * points.width * clusters));
  for (let step = 0; step < Math.min(firstSteps, most); step++) {
    const next = lloydStep(points, centres);
    if (next.settled) break;
    ({ centres } = next);
  }
  return mixtureOf(points, assign(points, centres).labels, centres, priorOf(problem, clusters));
}

/** The same problem, number and restart begin the same way. */
export function beginRun(problem: ClusteringProblem, clusters: number, restart: number): Run {
  const random = seededRandom(problem.seed, "clusters", clusters, restart);
  const centres = seedCentres(problem.points, clusters, random);
  const mixture = problem.algorithm === "K_MEANS" ? null : firstMixture(problem, centres, clusters);
  return { clusters, centres, mixture, iterations: 0, cost: null, loss: 0, settled: false };
}

function step(problem: ClusteringProblem, run: Run): void {
  const { points } = problem;
  if (run.mixture === null) {
    const { centres, inertia, settled } = lloydStep(points, run.centres);
    Object.assign(run, { centres, settled, cost: inertia, loss: inertia / points.rows });
  } else {
    const { mixture, logLikelihood, logPosterior } = emStep(
      points,
      run.mixture,
      priorOf(problem, run.clusters),
    );
    const settled = run.cost !== null && run.cost + logPosterior < leastGain * points.rows;
    Object.assign(run, { mixture, settled, cost: -logPosterior, loss: -logLikelihood / points.rows });
  }
  run.iterations++;
  run.settled ||= run.iterations >= mostIterations[problem.algorithm];
}

/** Goes on with a run for one epoch, or to its end. */
export function goOn(problem: ClusteringProblem, run: Run): void {
  for (let left = stepsOfEpoch(problem, run.clusters); left > 0 && !run.settled; left--) step(problem, run);
}

/** What a run came to. */
export function modelOf(
  { points, leastVariance }: ClusteringProblem,
  { centres, mixture }: Run,
): ClusterModel {
  if (mixture) return { algorithm: "GAUSSIAN_MIXTURE", mixture };
  const { inertia } = assign(points, centres);
  const variance = Math.max(inertia / (points.rows * points.width), leastVariance);
  return { algorithm: "K_MEANS", centres, variance };
}
