import { z } from "zod";
import { badInput } from "../../kernel/errors.js";
import { augmentationSchema } from "./augmentation.js";
import { textUnits } from "./encoding/tokenisers.js";
import { generationLimits } from "./generation/limits.js";
import { hyperparameterLimits as limits, bounded } from "./hyperparameter-limits.js";
import { normalizations } from "./normalization.js";
import { scheduleSchema } from "./schedule.js";
import { suitableForSeries } from "./series/suitable.js";
import { type ModelType, predictsNumbers } from "./model-types.js";
import { mostClasses } from "./target.js";
import { parseInput } from "./validate.js";

/** Those whose whole state can be read and restored; tfjs's Adamax can't, so a resumed training would differ. */
export const optimizers = ["ADAM", "SGD", "MOMENTUM", "RMSPROP", "ADAGRAD"] as const;
export type OptimizerName = (typeof optimizers)[number];

const earlyStoppingSchema = z.strictObject({
  /** Epochs without improvement after which training stops and takes its best weights back. */
  patience: bounded(z.int(), limits.patience).default(10),
  /** Improvement of the loss below which an epoch counts as none. */
  minDelta: bounded(z.number(), limits.minDelta).default(0),
});

/** The weight of a class's rows in the loss. */
const classWeightSchema = z.strictObject({
  label: z.string().max(1_000),
  weight: bounded(z.number(), limits.classWeight),
});
export type ClassWeight = z.infer<typeof classWeightSchema>;

export const hyperparametersSchema = z.strictObject({
  epochs: bounded(z.int(), limits.epochs),
  batchSize: bounded(z.int(), limits.batchSize),
  learningRate: bounded(z.number(), limits.learningRate),
  optimizer: z.enum(optimizers),
  /** Part of the training rows held out for live validation. */
  validationSplit: bounded(z.number(), limits.validationSplit),
  earlyStopping: earlyStoppingSchema.nullable(),
  /** BALANCED weighs each class by the inverse of its frequency. */
  classWeights: z.enum(["NONE", "BALANCED"]),
  /** Weights by hand, instead of BALANCED; a class that is not named counts 1. */
  weightsOfClasses: z.array(classWeightSchema).min(1).max(mostClasses).nullable(),
  /** Of images alone; null is none. */
  augmentation: augmentationSchema.nullable(),
  /** How numbers are scaled before the network sees them. */
  normalization: z.enum(normalizations),
  /** Null is one rate for all epochs. */
  schedule: scheduleSchema.nullable(),
  /** Part of each weight that a step takes away, times the rate, beside the gradient; of ADAM alone. */
  weightDecay: bounded(z.number(), limits.weightDecay),
  /** Longest gradient over all weights together; a longer one is shortened to it. Null is any length. */
  clipNorm: bounded(z.number(), limits.clipNorm).nullable(),
  /** How much each row is mixed with another one, as the alpha of `mixed`; left out or 0 is not at all. */
  mixup: bounded(z.number(), limits.mixup).optional(),
  /** Of text generation alone: what texts are taken apart into, and how many tokens the network sees at once. */
  tokens: z.enum(textUnits).optional(),
  contextLength: bounded(z.int(), generationLimits.context).optional(),
});
export type Hyperparameters = z.infer<typeof hyperparametersSchema>;
const partialSchema = hyperparametersSchema.partial();
export type HyperparametersInput = z.input<typeof partialSchema>;

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
  for (const [name, message] of contradictions(all, type, texts))
    throw badInput(`hyperparameters.${name}`, message);
  return all;
}

/** Half of one word and half of another is no word; a series has the order of its windows. */
const mixes = (type: ModelType): boolean =>
  type === "CLASSIFICATION" || type === "REGRESSION" || type === "IMAGE";

const ofTextsAlone = "Only models of type TEXT_GENERATION have it. Leave it out.";

/** Settings that mean nothing here or rule each other out, by name, with what to do. */
function contradictions(
  all: Hyperparameters,
  type: ModelType,
  texts: boolean,
): [name: string, message: string][] {
  const { augmentation, weightDecay, optimizer, weightsOfClasses: weights, schedule } = all;
  const labels = (weights ?? []).map(({ label }) => label);
  const repeated = labels.find((label, at) => labels.indexOf(label) !== at);
  const writes = type === "TEXT_GENERATION";
  const scaled = !writes && type !== "TIME_SERIES" && type !== "IMAGE";
  const rules: [boolean, string, string][] = [
    [
      augmentation !== null && type !== "IMAGE",
      "augmentation",
      "Only images can be moved and mirrored. Leave it out.",
    ],
    [
      weightDecay > 0 && optimizer !== "ADAM",
      "weightDecay",
      "Weight decay goes with ADAM alone. Choose ADAM, or give the layers an `l2`.",
    ],
    [
      weights !== null && predictsNumbers(type),
      "weightsOfClasses",
      "A number has no classes. Leave them out.",
    ],
    [
      all.normalization !== "STANDARD" && !scaled,
      "normalization",
      `Only columns of numbers are scaled so, and a model of type ${type} reads its data another way. Leave it out.`,
    ],
    [
      all.classWeights === "BALANCED" && predictsNumbers(type),
      "classWeights",
      "A number has no classes. Leave it out.",
    ],
    [weights !== null && writes, "weightsOfClasses", "Texts have no classes to be weighed. Leave them out."],
    [
      all.classWeights === "BALANCED" && writes,
      "classWeights",
      "Texts have no classes to be weighed. Leave it out.",
    ],
    [
      (all.mixup ?? 0) > 0 && (texts || !mixes(type)),
      "mixup",
      "Only images and rows that hold more than texts can be mixed. Leave it out.",
    ],
    [all.tokens !== undefined && !writes, "tokens", ofTextsAlone],
    [all.contextLength !== undefined && !writes, "contextLength", ofTextsAlone],
    [
      weights !== null && all.classWeights === "BALANCED",
      "weightsOfClasses",
      "Weights by hand and BALANCED can't both count. Leave one of them out.",
    ],
    [repeated !== undefined, "weightsOfClasses", `The class ${JSON.stringify(repeated)} is named twice.`],
    [
      schedule !== null && schedule.warmupEpochs >= all.epochs,
      "schedule.warmupEpochs",
      `The warm-up must be shorter than the ${all.epochs} epochs of the training.`,
    ],
  ];
  return rules.flatMap(([wrong, name, message]) => (wrong ? [[name, message]] : []));
}
