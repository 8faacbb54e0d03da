import { z } from "zod";
import { augmentationSchema } from "./augmentation.js";
import { textUnits } from "./encoding/tokenisers.js";
import { generationLimits } from "./generation/limits.js";
import { hyperparameterLimits as limits, bounded } from "./hyperparameter-limits.js";
import { normalizations } from "./normalization.js";
import { scheduleSchema } from "./schedule.js";
import { mostClasses } from "./target.js";

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
export const partialSchema = hyperparametersSchema.partial();
