import { z } from "zod";
import { textUnits } from "../encoding/tokenisers.js";
import { architectureLimits as limits } from "./limits.js";

export const activations = [
  "RELU",
  "TANH",
  "SIGMOID",
  "ELU",
  "SELU",
  "SOFTPLUS",
  "GELU",
  "LINEAR",
  "SQUARE",
] as const;
export type Activation = (typeof activations)[number];
export const paddings = ["SAME", "VALID"] as const;
export type Padding = (typeof paddings)[number];

export const share = z.number().min(0).max(0.95);
export const l2Factor = z.number().min(0).max(10);
const normalized = z
  .boolean()
  .default(false)
  .describe("Normalises the layer's sums over the batch before the activation.");
const activation = z.enum(activations).default("RELU").describe("What the layer's sums pass through.");
const dropout = share.default(0).describe("Share of the layer's outputs silenced while training.");
const l2 = l2Factor.default(0).describe("Factor of the squared weights added to the loss.");
const units = z.int().min(1).max(limits.units);

const dense = z
  .strictObject({
    type: z.literal("DENSE"),
    units: units.describe("Outputs of the layer."),
    activation,
    dropout,
    l2,
    batchNormalization: normalized,
  })
  .describe("Every output sees every input; where there are several axes, along the last.");

const convolution = {
  filters: z
    .int()
    .min(1)
    .max(limits.filters)
    .describe("Outputs of the layer, each with a kernel of its own."),
  kernelSize: z
    .int()
    .min(1)
    .max(limits.kernelSize)
    .default(3)
    .describe("Places along each side of the kernel."),
  strides: z.int().min(1).max(limits.kernelSize).default(1).describe("Places from one window to the next."),
  padding: z.enum(paddings).default("SAME").describe("SAME adds zeros around; VALID stays inside."),
  activation,
  dropout,
  l2,
  batchNormalization: normalized,
};
const pooling = {
  poolSize: z
    .int()
    .min(1)
    .max(limits.kernelSize)
    .default(2)
    .describe("Places along each side of the window."),
  strides: z
    .int()
    .min(1)
    .max(limits.kernelSize)
    .optional()
    .describe("Places from one window to the next. Default: the window's side."),
  padding: z.enum(paddings).default("VALID").describe("SAME adds places around; VALID stays inside."),
};
const recurrent = {
  units: z
    .int()
    .min(1)
    .max(limits.recurrentUnits)
    .describe("Width of the state that goes from step to step."),
  returnSequences: z
    .boolean()
    .default(false)
    .describe("Gives the state of every step, for another layer over steps, instead of the last alone."),
  dropout,
  l2,
};

/** Settings of every layer type with their bounds and defaults; the descriptions are those of the graph. */
export const layerSchemas = {
  DENSE: dense,
  CONV1D: z
    .strictObject({ type: z.literal("CONV1D"), ...convolution })
    .describe("Kernels that slide along the steps of a sequence."),
  CONV2D: z
    .strictObject({ type: z.literal("CONV2D"), ...convolution })
    .describe("Square kernels that slide over rows and columns."),
  MAX_POOLING1D: z
    .strictObject({ type: z.literal("MAX_POOLING1D"), ...pooling })
    .describe("The largest value of each window of steps."),
  MAX_POOLING2D: z
    .strictObject({ type: z.literal("MAX_POOLING2D"), ...pooling })
    .describe("The largest value of each square window."),
  AVERAGE_POOLING1D: z
    .strictObject({ type: z.literal("AVERAGE_POOLING1D"), ...pooling })
    .describe("The mean of each window of steps."),
  AVERAGE_POOLING2D: z
    .strictObject({ type: z.literal("AVERAGE_POOLING2D"), ...pooling })
    .describe("The mean of each square window."),
  GLOBAL_AVERAGE_POOLING: z
    .strictObject({ type: z.literal("GLOBAL_AVERAGE_POOLING") })
    .describe("The mean over all places, one value a channel; over the tokens of a text, not its padding."),
  GLOBAL_MAX_POOLING: z
    .strictObject({ type: z.literal("GLOBAL_MAX_POOLING") })
    .describe("The largest value of all places, one a channel; of the tokens of a text, not its padding."),
  EMBEDDING: z
    .strictObject({
      type: z.literal("EMBEDDING"),
      dimensions: z.int().min(1).max(limits.dimensions).describe("Values that stand for one token."),
      // Optional, not a default: what was stored before must stay the same to the byte.
      tokens: z
        .enum(textUnits)
        .optional()
        .describe("What the text is taken apart into, where the first layer decides it. Default: WORD."),
    })
    .describe("Learnt values for each token of the vocabulary; the first layer over token numbers."),
  POSITION_EMBEDDING: z
    .strictObject({ type: z.literal("POSITION_EMBEDDING") })
    .describe("Adds learnt values for each place, without which attention knows no order."),
  LSTM: z
    .strictObject({ type: z.literal("LSTM"), ...recurrent })
    .describe("Long short-term memory: reads a sequence step by step."),
  GRU: z
    .strictObject({ type: z.literal("GRU"), ...recurrent })
    .describe("Gated recurrent unit: as LSTM with fewer weights."),
  TRANSFORMER_BLOCK: z
    .strictObject({
      type: z.literal("TRANSFORMER_BLOCK"),
      heads: z
        .int()
        .min(1)
        .max(limits.heads)
        .default(4)
        .describe("Attention heads; the values of a step are divided among them."),
      // Optional, not a default: what was stored before must stay the same to the byte.
      causal: z
        .boolean()
        .optional()
        .describe("A step sees itself and those before it alone, as a generator must. Default: false."),
      units: units.describe("Width of the feed-forward part."),
      activation,
      dropout,
    })
    .describe(
      "Multi-head self-attention and a feed-forward part, each normalised before and added to its input.",
    ),
  DROPOUT: z
    .strictObject({
      type: z.literal("DROPOUT"),
      dropout: share.describe("Share of the values silenced while training."),
    })
    .describe("Silences values while training."),
  BATCH_NORMALIZATION: z
    .strictObject({ type: z.literal("BATCH_NORMALIZATION") })
    .describe("Normalises each channel over the batch."),
  LAYER_NORMALIZATION: z
    .strictObject({ type: z.literal("LAYER_NORMALIZATION") })
    .describe("Normalises each row or step over its channels."),
  FLATTEN: z.strictObject({ type: z.literal("FLATTEN") }).describe("Puts all values in one line."),
  RESHAPE: z
    .strictObject({
      type: z.literal("RESHAPE"),
      shape: z
        .array(z.int().min(1).max(1_000_000))
        .min(1)
        .max(3)
        .describe("The new sides, e.g. 8, 8, 1 for 64 values as rows, columns and channels."),
    })
    .describe("Gives the same values another shape."),
} as const;

export type LayerType = keyof typeof layerSchemas;
export const layerTypes = Object.keys(layerSchemas) as LayerType[];
export type LayerOf<Type extends LayerType> = z.infer<(typeof layerSchemas)[Type]>;
export type Layer = LayerOf<LayerType>;
export type DenseLayer = LayerOf<"DENSE">;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const { DENSE, CONV1D, ...others } = layerSchemas;
const union = z.discriminatedUnion("type", [DENSE, CONV1D, ...Object.values(others)]);
/** A layer without a type is a dense one, as in the models of before. */
const layerSchema = z.preprocess(
  (value) => (isObject(value) && !("type" in value) ? { type: "DENSE", ...value } : value),
  union,
);

export const architectureSchema = z.strictObject({ layers: z.array(layerSchema).max(limits.layers) });
/** The hidden layers in order; none makes a linear model. The output layer is added to fit the target. */
export interface Architecture {
  layers: Layer[];
}
/** What `parseArchitecture` completes. */
export interface ArchitectureInput {
  layers: (z.input<typeof union> | Omit<z.input<typeof DENSE>, "type">)[];
}
