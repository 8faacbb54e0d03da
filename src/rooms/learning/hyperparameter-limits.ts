import type { z } from "zod";
import type { Range } from "../../kernel/range.js";

/** Bounds of what a training may be told. Beyond them is what takes no end, or what no library's arithmetic survives. */
export const hyperparameterLimits = {
  epochs: { least: 1, most: 1_000 },
  batchSize: { least: 1, most: 4_096 },
  learningRate: { least: 1e-7, most: 10 },
  validationSplit: { least: 0, most: 0.5 },
  patience: { least: 1, most: 1_000 },
  minDelta: { least: 0, most: 1_000 },
  classWeight: { least: 0.001, most: 1_000 },
  weightDecay: { least: 0, most: 1 },
  clipNorm: { least: 1e-6, most: 1e6 },
  mixup: { least: 0, most: 2 },
  shift: { least: 0, most: 0.25 },
  warmupEpochs: { least: 0, most: 1_000 },
  stepEpochs: { least: 1, most: 1_000 },
  factor: { least: 0.01, most: 1 },
} as const satisfies Record<string, Range>;

/** The number of a schema within a range. */
export const bounded = <Schema extends z.ZodNumber>(schema: Schema, { least, most }: Range): Schema =>
  schema.min(least).max(most);
