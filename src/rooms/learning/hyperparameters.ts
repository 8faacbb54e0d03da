import { z } from "zod";
import { badInput } from "../../kernel/errors.js";
import { augmentationSchema } from "./augmentation.js";
import { textUnits } from "./encoding/tokenisers.js";
import { generationLimits } from "./generation/limits.js";
import type { ModelType } from "./target.js";
import { parseInput } from "./validate.js";

/** Those whose whole state can be read and restored; tfjs's Adamax can't, so a resumed training would differ. */
export const optimizers = ["ADAM", "SGD", "MOMENTUM", "RMSPROP", "ADAGRAD"] as const;
export type OptimizerName = (typeof optimizers)[number];

const earlyStoppingSchema = z.strictObject({
  /** Epochs without improvement after which training stops and takes its best weights back. */
  patience: z.int().min(1).max(1_000).default(10),
  /** Improvement of the loss below which an epoch counts as none. */
  minDelta: z.number().min(0).max(1_000).default(0),
});

export const hyperparametersSchema = z.strictObject({
  epochs: z.int().min(1).max(1_000),
  batchSize: z.int().min(1).max(4_096),
  learningRate: z.number().min(1e-7).max(10),
  optimizer: z.enum(optimizers),
  /** Part of the training rows held out for live validation. */
  validationSplit: z.number().min(0).max(0.5),
  earlyStopping: earlyStoppingSchema.nullable(),
  /** BALANCED weighs each class by the inverse of its frequency. */
  classWeights: z.enum(["NONE", "BALANCED"]),
  /** Of images alone; null is none. */
  augmentation: augmentationSchema.nullable(),
  /** Of text generation alone: what texts are taken apart into, and how many tokens the network sees at once. */
  tokens: z.enum(textUnits).optional(),
  contextLength: z.int().min(generationLimits.context.least).max(generationLimits.context.most).optional(),
});
export type Hyperparameters = z.infer<typeof hyperparametersSchema>;
const partialSchema = hyperparametersSchema.partial();
export type HyperparametersInput = z.input<typeof partialSchema>;

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
};

/**
 * What suits a first try: enough steps for few rows, no more epochs than many rows need.
 * @param texts whether texts are all there is to learn from
 */
export function suitableHyperparameters(type: ModelType, rows: number, texts = false): Hyperparameters {
  if (type === "TEXT_GENERATION") return generationHyperparameters;
  // Term weights nearly separate their classes after a few passes; more of them only cost time.
  // A pass over images takes longer than one over rows, and convolutions share what they learn between places.
  const [fewest, steps] = texts ? [6, 30_000] : type === "IMAGE" ? [8, 36_000] : [20, 60_000];
  const epochs = Math.max(fewest, Math.min(60, Math.round(steps / rows)));
  return {
    epochs,
    // Steps over wide inputs cost more than their rows do: fewer and longer ones reach the same in less time.
    batchSize: rows < 10_000 ? (texts ? 64 : 32) : 256,
    learningRate: texts ? 0.004 : 0.002,
    optimizer: "ADAM",
    validationSplit: 0.1,
    earlyStopping: null,
    classWeights: "NONE",
    augmentation: null,
  };
}

/** The caller's choices over the suitable ones. @throws BAD_USER_INPUT with places below `hyperparameters`. */
export function parseHyperparameters(
  input: unknown,
  type: ModelType,
  rows: number,
  texts = false,
): Hyperparameters {
  const given = parseInput(partialSchema, input ?? {}, "hyperparameters");
  if (given.augmentation && type !== "IMAGE")
    throw badInput("hyperparameters.augmentation", "Only images can be moved and mirrored. Leave it out.");
  if (given.classWeights === "BALANCED" && type === "TEXT_GENERATION")
    throw badInput("hyperparameters.classWeights", "Texts have no classes to be weighed. Leave it out.");
  const ofTexts = (["tokens", "contextLength"] as const).find((name) => given[name] !== undefined);
  if (ofTexts && type !== "TEXT_GENERATION")
    throw badInput(
      `hyperparameters.${ofTexts}`,
      "Only models of type TEXT_GENERATION have it. Leave it out.",
    );
  const chosen = Object.entries(given);
  // A field left out and a field sent as undefined mean the same.
  return {
    ...suitableHyperparameters(type, rows, texts),
    // A step over thousands of words costs more than its windows do, and the same texts are fewer steps.
    ...(given.tokens === "WORD" && { batchSize: 16, learningRate: 0.005 }),
    ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)),
  };
}
