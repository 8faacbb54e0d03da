import type { Activation, Layer, LayerOf, LayerType, Padding } from "../architecture/index.js";
import { normalizationEpsilon } from "../network/index.js";
import type { TfjsLayer } from "./tfjs-layer.js";
import { ownPositions, ownTransformer } from "./tfjs-own.js";
import { tfjsMaskedPooling } from "./tfjs-pooling.js";

interface TfjsPlace {
  shape: readonly number[];
  vocabulary: number | undefined;
  /** Whether the layer leaves out padding. */
  masked: boolean;
}

const layer = (
  className: string,
  config: Record<string, unknown> = {},
  weights: TfjsLayer["weights"] = {},
): TfjsLayer => ({ class_name: className, config, weights });

const summed = { kernel: "kernel", bias: "bias" };
const scaled = { gamma: "gamma", beta: "beta" };
const moments = { ...scaled, mean: "moving_mean", variance: "moving_variance" };

const normalization = (): TfjsLayer =>
  layer(
    "BatchNormalization",
    { axis: -1, epsilon: normalizationEpsilon, center: true, scale: true },
    moments,
  );
/** The library has no function for a square, but a layer that multiplies what it gets. */
export const squaring = "Multiply";
const activated = (activation: Activation): TfjsLayer =>
  activation === "SQUARE" ? layer(squaring) : layer("Activation", { activation: activation.toLowerCase() });
const silenced = (rate: number): TfjsLayer[] => (rate > 0 ? [layer("Dropout", { rate })] : []);

/** What follows the sums of a dense layer or a convolution. */
const finished = (sums: TfjsLayer, settings: LayerOf<"DENSE" | "CONV1D" | "CONV2D">): TfjsLayer[] => [
  sums,
  ...(settings.batchNormalization ? [normalization()] : []),
  activated(settings.activation),
  ...silenced(settings.dropout),
];

export const tfjsDense = (units: number): TfjsLayer =>
  layer("Dense", { units, activation: "linear", use_bias: true }, summed);

const paddings: Record<Padding, string> = { SAME: "same", VALID: "valid" };
const sides = (type: LayerType, value: number): number[] => (type.endsWith("1D") ? [value] : [value, value]);

function convolution(settings: LayerOf<"CONV1D" | "CONV2D">): TfjsLayer[] {
  const { type, filters, kernelSize, strides, padding } = settings;
  const config = {
    filters,
    kernel_size: sides(type, kernelSize),
    strides: sides(type, strides),
    padding: paddings[padding],
    data_format: "channels_last",
    activation: "linear",
    use_bias: true,
  };
  return finished(layer(type === "CONV1D" ? "Conv1D" : "Conv2D", config, summed), settings);
}

type Pooling = LayerOf<"MAX_POOLING1D" | "MAX_POOLING2D" | "AVERAGE_POOLING1D" | "AVERAGE_POOLING2D">;

function pooling({ type, poolSize, strides = poolSize, padding }: Pooling): TfjsLayer[] {
  const className = `${type.startsWith("MAX") ? "Max" : "Average"}Pooling${type.slice(-2)}`;
  const config = {
    pool_size: sides(type, poolSize),
    strides: sides(type, strides),
    padding: paddings[padding],
  };
  return [layer(className, config)];
}

const globally =
  (kind: "Average" | "Max") =>
  (
    settings: LayerOf<"GLOBAL_AVERAGE_POOLING" | "GLOBAL_MAX_POOLING">,
    { shape, vocabulary, masked }: TfjsPlace,
  ): TfjsLayer[] =>
    masked
      ? tfjsMaskedPooling(settings, { steps: shape[0] ?? 1, vocabulary: vocabulary ?? 1 })
      : [layer(`Global${kind}Pooling${shape.length - 1}D`, { data_format: "channels_last" })];

function recurrent({ type, units, returnSequences, dropout }: LayerOf<"LSTM" | "GRU">): TfjsLayer[] {
  const config = {
    units,
    activation: "tanh",
    recurrent_activation: "sigmoid",
    use_bias: true,
    return_sequences: returnSequences,
  };
  const weights = { ...summed, recurrentKernel: "recurrent_kernel" };
  const { kernel, recurrentKernel, bias } = weights;
  return [layer(type, config, { kernel, recurrentKernel, bias }), ...silenced(dropout)];
}

type Mapper<Type extends LayerType> = (layer: LayerOf<Type>, place: TfjsPlace) => TfjsLayer[];
const mappers: { [Type in LayerType]: Mapper<Type> } = {
  DENSE: (settings) => finished(tfjsDense(settings.units), settings),
  CONV1D: convolution,
  CONV2D: convolution,
  MAX_POOLING1D: pooling,
  MAX_POOLING2D: pooling,
  AVERAGE_POOLING1D: pooling,
  AVERAGE_POOLING2D: pooling,
  GLOBAL_AVERAGE_POOLING: globally("Average"),
  GLOBAL_MAX_POOLING: globally("Max"),
  EMBEDDING: ({ dimensions }, { vocabulary }) => [
    layer("Embedding", { input_dim: vocabulary, output_dim: dimensions }, { embeddings: "embeddings" }),
  ],
  POSITION_EMBEDDING: (settings, { shape }) => [ownPositions(settings, shape)],
  LSTM: recurrent,
  GRU: recurrent,
  TRANSFORMER_BLOCK: (settings, { shape, masked }) => [ownTransformer(settings, shape, masked)],
  DROPOUT: ({ dropout }) => silenced(dropout),
  BATCH_NORMALIZATION: () => [normalization()],
  LAYER_NORMALIZATION: () => [
    layer(
      "LayerNormalization",
      { axis: -1, epsilon: normalizationEpsilon, center: true, scale: true },
      scaled,
    ),
  ],
  // The library refuses what is one line already.
  FLATTEN: (_layer, { shape }) => (shape.length > 1 ? [layer("Flatten")] : []),
  RESHAPE: ({ shape }) => [layer("Reshape", { target_shape: shape })],
};

/** The layers that make up one of ours: the library's, or where it has none those of `layers.js`. */
export const tfjsLayers = (settings: Layer, place: TfjsPlace): TfjsLayer[] =>
  (mappers[settings.type] as Mapper<LayerType>)(settings, place);
