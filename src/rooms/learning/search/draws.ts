import { predictsNumbers } from "../model-types.js";
import { imageSizeOf, type LearningTask } from "../preprocessing.js";
import type { SearchAlgorithm } from "./algorithm.js";
import { fewRows } from "./folds.js";

/** What the bounds of a draw go by. */
interface About {
  task: LearningTask;
  rows: number;
  /** Whether texts are all there is to learn from. */
  texts: boolean;
}

/** One point of an algorithm's space; a null architecture is a network without hidden layers. */
export type Draw = (
  about: About,
  random: () => number,
) => { architecture: object | null; hyperparameters: object };

const oneOf = <T>(random: () => number, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];

/** Learning rates differ by factors, so equal factors are equally likely. */
const between = (random: () => number, least: number, most: number): number =>
  Number((least * (most / least) ** random()).toPrecision(3));

/** Classes of few rows are mixed: what lies between two of them is all that such rows can still be told. */
const mixes = ({ task, rows, texts }: About): boolean =>
  !predictsNumbers(task.type) && rows < fewRows && !texts;

/** From so many rows on, the larger batches that suit them are left as they are. */
const manyRows = 10_000;

const linear: Draw = ({ rows }, random) => ({
  architecture: null,
  hyperparameters: {
    learningRate: between(random, 0.004, 0.04),
    ...(rows < manyRows && { batchSize: oneOf(random, [16, 32, 64]) }),
  },
});

/** Wide layers stand for many rows' neighbourhoods at once; few rows need them regularised by silenced values. */
const dense: Draw = (about, random) => {
  const { texts, rows, task } = about;
  const flat = imageSizeOf(task) ? [{ type: "FLATTEN" }] : [];
  const depth = texts ? 1 : oneOf(random, [1, 2, 2, 3]);
  const layer = {
    type: "DENSE",
    units: texts ? oneOf(random, [16, 32, 64, 128]) : oneOf(random, [32, 64, 128, 256, 512]),
    activation: oneOf(random, ["RELU", "RELU", "TANH"]),
    dropout: oneOf(random, [0.1, 0.2, 0.3, 0.4, 0.5]),
    l2: texts ? 0 : oneOf(random, [0, 0.0003, 0.001, 0.01]),
  };
  return {
    architecture: { layers: [...flat, ...Array.from({ length: depth }, () => layer)] },
    hyperparameters: {
      learningRate: texts ? between(random, 0.001, 0.01) : between(random, 0.0005, 0.005),
      ...(rows < manyRows && { batchSize: texts ? 64 : oneOf(random, [16, 32, 64]) }),
      ...(mixes(about) && { mixup: oneOf(random, [0, 0.2, 0.4]) }),
    },
  };
};

/** For few rows of a signal or a spectrum: wide windows, and much silenced and mixed, as such rows are soon known by heart. */
export const fewRowsConvolution = (about: About): ReturnType<Draw> => ({
  architecture: {
    preset: "CNN_1D",
    parameters: { depth: 2, filters: 32, kernelSize: 7, units: 64, dropout: 0.4 },
  },
  hyperparameters: { learningRate: 0.001, batchSize: 32, ...(mixes(about) && { mixup: 0.4 }) },
});

const convolution: Draw = (about, random) => {
  const { task, texts } = about;
  const image = imageSizeOf(task) !== null || isSquare(task);
  const flat = !image || random() < 0.5;
  const preset = imageSizeOf(task) || !flat ? "CNN_2D" : "CNN_1D";
  return {
    architecture: {
      preset,
      parameters: {
        depth: oneOf(random, preset === "CNN_2D" ? [2, 3] : [1, 2, 3]),
        filters: oneOf(random, [16, 32, 48]),
        kernelSize: oneOf(random, preset === "CNN_2D" ? [3, 3, 5] : [3, 5, 7]),
        units: oneOf(random, [64, 128]),
        dropout: oneOf(random, [0.2, 0.3, 0.4]),
      },
    },
    hyperparameters: {
      learningRate: between(random, 0.0005, 0.002),
      ...(texts && { batchSize: 64 }),
      ...(mixes(about) && { mixup: oneOf(random, [0.2, 0.4, 1]) }),
    },
  };
};

/** As many numbers as a square has may be its points; whether they are shows in the score. */
function isSquare({ features, target }: LearningTask): boolean {
  const width = features.filter(({ column, kind }) => column !== target && kind === "NUMBER").length;
  return width >= 64 && Number.isInteger(Math.sqrt(width));
}

const sequence: Draw = ({ texts }, random) => {
  const preset = oneOf(random, ["GRU", "LSTM", "TRANSFORMER"]);
  const parameters =
    preset === "TRANSFORMER"
      ? { depth: oneOf(random, [1, 2]), heads: 4, dimensions: oneOf(random, [32, 64]), units: 64 }
      : { units: oneOf(random, [32, 64]), dropout: oneOf(random, [0.1, 0.2, 0.3]) };
  return {
    architecture: { preset, parameters },
    hyperparameters: { learningRate: between(random, 0.0007, 0.005), ...(texts && { batchSize: 64 }) },
  };
};

/** What suits most tables (chosen by cross-validation on the training rows of six). */
export const suitableTrees = (): ReturnType<Draw> => ({
  architecture: { preset: "GRADIENT_BOOSTED_TREES", parameters: { trees: 500 } },
  hyperparameters: { learningRate: 0.1 },
});

/** Where targets are noisy a hundred trees are enough, and more of them learn the noise. */
const trees: Draw = (_about, random) => ({
  architecture: {
    preset: "GRADIENT_BOOSTED_TREES",
    parameters: {
      trees: oneOf(random, [100, 200, 500]),
      depth: oneOf(random, [2, 3, 4]),
      l2: oneOf(random, [0.3, 1, 3]),
      subsample: oneOf(random, [0.5, 0.7, 0.9]),
      columnSubsample: oneOf(random, [0.3, 0.6, 1]),
      borderSubsample: oneOf(random, [0.03, 0.1]),
    },
  },
  hyperparameters: { learningRate: between(random, 0.03, 0.2) },
});

export const draws: Record<SearchAlgorithm, Draw> = {
  LINEAR: linear,
  TREES: trees,
  DENSE: dense,
  CONVOLUTION: convolution,
  SEQUENCE: sequence,
};
