import { badInput } from "../../kernel/errors.js";
import { contradiction } from "./hyperparameter-contradictions.js";
import { type Hyperparameters, partialSchema } from "./hyperparameter-schema.js";
import type { ModelType } from "./model-types.js";
import { scheduleSchema } from "./schedule.js";
import { suitableForSeries } from "./series/suitable.js";
import { parseInput } from "./validate.js";

export { hyperparametersSchema, optimizers } from "./hyperparameter-schema.js";
export type { Hyperparameters, OptimizerName } from "./hyperparameter-schema.js";

/** What goes without saying; a training of before these could be chosen went by them. */
export const customary = {
  weightsOfClasses: null,
  normalization: "STANDARD",
  schedule: null,
  weightDecay: 0,
  clipNorm: null,
} as const satisfies Partial<Hyperparameters>;

/** An epoch of texts is bounded in tokens, so that it takes about the same time whatever they are. */
const generationHyperparameters: Hyperparameters = {
  epochs: 6,
  batchSize: 8,
  learningRate: 0.003,
  optimizer: "ADAM",
  validationSplit: 0.05,
  earlyStopping: null,
  classWeights: "NONE",
  augmentation: null,
  ...customary,
};

/**
 * What suits a first try: enough steps for few rows, no more epochs than many rows need.
 * @param texts whether texts are all there is to learn from
 */
export function suitableHyperparameters(type: ModelType, rows: number, texts = false): Hyperparameters {
  if (type === "TIME_SERIES")
    return {
      ...suitableForSeries(rows),
      optimizer: "ADAM",
      classWeights: "NONE",
      augmentation: null,
      ...customary,
    };
  if (type === "TEXT_GENERATION") return generationHyperparameters;
  const scarce = hasScarceRows(type, rows, texts);
  // Term weights nearly separate their classes after a few passes; more of them only cost time.
  // A pass over images takes longer than one over rows, and convolutions share what they learn between places.
  const [fewest, steps] = texts ? [6, 30_000] : type === "IMAGE" ? [8, 36_000] : [20, 60_000];
  const few = scarce || (type === "REGRESSION" && !texts && rows < 600);
  const epochs = scarce ? 150 : few ? 100 : Math.max(fewest, Math.min(60, Math.round(steps / rows)));
  return {
    epochs,
    // Steps over wide inputs cost more than their rows do: fewer and longer ones reach the same in less time.
    batchSize: rows < 10_000 ? (texts ? 64 : 32) : 256,
    learningRate: texts ? 0.004 : 0.002,
    optimizer: "ADAM",
    // A tenth of so few rows tells little, and is missed by what is learnt.
    validationSplit: scarce ? 0 : 0.1,
    earlyStopping: null,
    classWeights: "NONE",
    augmentation: null,
    ...customary,
    // Steps that end small settle between what single batches of few rows would have.
    schedule: few ? scheduleSchema.parse({ kind: "COSINE" }) : null,
  };
}

/** Classes to be told apart by so few rows that each of them counts. */
const hasScarceRows = (type: ModelType, rows: number, texts: boolean): boolean =>
  type === "CLASSIFICATION" && !texts && rows < 300;

/** The caller's choices over the suitable ones. @throws BAD_USER_INPUT with places below `hyperparameters`. */
export function parseHyperparameters(
  input: unknown,
  type: ModelType,
  rows: number,
  texts = false,
): Hyperparameters {
  const given = parseInput(partialSchema, input ?? {}, "hyperparameters");
  const chosen = Object.entries(given);
  // A field left out and a field sent as undefined mean the same.
  const all: Hyperparameters = {
    ...suitableHyperparameters(type, rows, texts),
    // A step over thousands of words costs more than its windows do, and the same texts are fewer steps.
    ...(given.tokens === "WORD" && { batchSize: 16, learningRate: 0.005 }),
    ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)),
  };
  const wrong = contradiction(all, { type, texts });
  if (wrong) throw badInput(`hyperparameters.${wrong.name}`, wrong.message);
  return all;
}
