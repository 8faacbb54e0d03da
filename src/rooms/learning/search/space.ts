import { type ArchitectureChoice, parseChoice } from "../architecture/index.js";
import { parseHyperparameters } from "../hyperparameters.js";
import { imageSizeOf, type LearningTask, onlyTexts } from "../preprocessing.js";
import { seededRandom } from "../random.js";
import type { LearntSettings } from "../settings.js";
import { isTrees, parseBoosting, treesUnsuited } from "../trees/index.js";
import { type SearchAlgorithm, searchAlgorithms } from "./algorithm.js";
import { draws, type Draw, fewRowsConvolution, suitableTrees } from "./draws.js";
import { fewRows } from "./folds.js";

/** Settings that a search tries. A null architecture is the one that suits the data by itself. */
export interface Candidate {
  algorithm: SearchAlgorithm;
  architecture: ArchitectureChoice | null;
  /** `epochs` is the most that the last rung trains. */
  hyperparameters: LearntSettings;
}

/** From so many numbers on, columns that are neighbours may be a signal, a spectrum or an image. */
const leastOrdered = 16;

const ofTexts = searchAlgorithms.filter((name) => name !== "TREES");

/** Algorithms that the data suits, the simplest first. */
export function suitableAlgorithms(task: LearningTask): SearchAlgorithm[] {
  const features = task.features.filter(({ column }) => column !== task.target);
  if (imageSizeOf(task)) return ["LINEAR", "DENSE", "CONVOLUTION"];
  const [only] = features;
  if (features.length === 1 && only?.kind === "TEXT") return ofTexts;
  const ordered = features.length >= leastOrdered && features.every(({ kind }) => kind === "NUMBER");
  if (ordered) return [...searchAlgorithms];
  return treesUnsuited(task) === null ? ["LINEAR", "TREES", "DENSE"] : ["LINEAR", "DENSE"];
}

/** How often each is drawn: steps one after the other take long, and a linear network has little to choose. */
const shares: Record<SearchAlgorithm, number> = {
  LINEAR: 1,
  TREES: 5,
  DENSE: 6,
  CONVOLUTION: 4,
  SEQUENCE: 1,
};

function drawn(algorithms: readonly SearchAlgorithm[], random: () => number): SearchAlgorithm {
  const total = algorithms.reduce((sum, name) => sum + shares[name], 0);
  let left = random() * total;
  return algorithms.find((name) => (left -= shares[name]) < 0) ?? "LINEAR";
}

/** One layer of weights has nothing below it to upset: it takes larger steps, and gets there within the first rung. */
const linearRate = 0.02;

/** Few rows are passed over more often: a pass is few steps, and too many passes are found out at an earlier rung. */
const epochsOverFewRows = 90;
/** The windows of a convolution over larger batches of images would not fit into memory. */
const imageBatch = 32;

type About = Parameters<Draw>[0];
function settingsOf(
  { task, rows, texts }: About,
  given: object,
  choice: ArchitectureChoice | null,
): LearntSettings {
  if (isTrees(choice))
    return parseBoosting({ ...given, validationSplit: 0 }, task.type, rows, choice.parameters);
  return parseHyperparameters(
    {
      ...(rows < fewRows && { epochs: epochsOverFewRows }),
      ...(imageSizeOf(task) && { batchSize: imageBatch }),
      ...given,
      validationSplit: 0,
      // A rate that falls until the last epoch scores the rungs before it in the middle of its fall. That matters
      // less than how unevenly few rows end without one; of many rows the last batches are like all others.
      schedule: rows < fewRows ? { kind: "COSINE" } : null,
    },
    task.type,
    rows,
    texts,
  );
}

const linearOf = (task: LearningTask): ArchitectureChoice =>
  parseChoice({ layers: imageSizeOf(task) ? [{ type: "FLATTEN" }] : [] });

/** What is tried before anything is drawn. */
function firstsOf(about: About): Tried[] {
  const { task, rows, texts } = about;
  const baseline: Tried = {
    algorithm: "LINEAR",
    architecture: null,
    hyperparameters: { learningRate: linearRate },
  };
  const suits = imageSizeOf(task) ? "CONVOLUTION" : "DENSE";
  const suitable: Tried = { algorithm: suits, architecture: "SUITABLE", hyperparameters: {} };
  const trees: Tried = { algorithm: "TREES", ...suitableTrees() };
  if (rows >= fewRows || texts || imageSizeOf(task)) return [baseline, suitable, trees];
  return [baseline, suitable, trees, { algorithm: "CONVOLUTION", ...fewRowsConvolution(about) }];
}

/** A point of an algorithm's space, or what the house would choose for the data. */
interface Tried {
  algorithm: SearchAlgorithm;
  architecture: ReturnType<Draw>["architecture"] | "SUITABLE";
  hyperparameters: object;
}

function candidateOf({ algorithm, architecture, hyperparameters }: Tried, about: About): Candidate {
  if (architecture === "SUITABLE")
    return { algorithm, architecture: null, hyperparameters: settingsOf(about, hyperparameters, null) };
  const choice = architecture === null ? linearOf(about.task) : parseChoice(architecture);
  return { algorithm, architecture: choice, hyperparameters: settingsOf(about, hyperparameters, choice) };
}

/**
 * So many settings, the same for the same seed: first the linear baseline, then the network that the house would
 * choose, trees for a table, for few rows of a signal a convolution that suits them, then draws; of the algorithms that
 * are allowed.
 */
export function candidates(
  task: LearningTask,
  rows: number,
  algorithms: readonly SearchAlgorithm[],
  { count, seed }: { count: number; seed: number },
): Candidate[] {
  const random = seededRandom(seed, "search");
  const about = { task, rows, texts: onlyTexts(task) };
  const known = firstsOf(about)
    .filter(({ algorithm }) => algorithms.includes(algorithm))
    .slice(0, count);
  const rest = Array.from({ length: count - known.length }, (): Tried => {
    const algorithm = drawn(algorithms, random);
    const draw: Draw = draws[algorithm];
    return { algorithm, ...draw(about, random) };
  });
  return [...known, ...rest].map((tried) => candidateOf(tried, about));
}
