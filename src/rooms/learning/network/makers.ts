import { initializers, layers, regularizers } from "@tensorflow/tfjs-layers";
import type { Layer, LayerOf, LayerType, WeightShape } from "../architecture/index.js";
import { type ActivationName, activationNames } from "./activate.js";
import { MaskedAverage, MaskedMaximum } from "./masked-pooling.js";
import { LayerNormalization, PositionEmbedding, Square, TransformerBlock } from "./custom-layers.js";
import { normalizationEpsilon } from "./normalize.js";

type NetworkLayer = layers.Layer;

/** What a layer is made for: its input, its weights, and whether these are drawn or will be written. */
export interface Place {
  shape: readonly number[];
  vocabulary: number | undefined;
  weights: readonly WeightShape[];
  fresh: boolean;
  /** Whether the tokens that its steps stand for are a second input, so that it leaves out padding. */
  masked: boolean;
}

const kernelOf = (l2: number, { fresh }: Place) => ({
  kernelInitializer: fresh ? initializers.glorotNormal({}) : initializers.zeros(),
  kernelRegularizer: l2 > 0 ? regularizers.l2({ l2 }) : undefined,
});

// No seed: a seeded dropout would silence the same units in every step.
const dropped = (rate: number): NetworkLayer[] => (rate > 0 ? [layers.dropout({ rate })] : []);
const normalized = (): NetworkLayer => layers.batchNormalization({ epsilon: normalizationEpsilon });

type Summing = LayerOf<"DENSE" | "CONV1D" | "CONV2D">;

/**
 * Sums, activation and what lies between and after them. The layer of the sums applies the activation itself where
 * nothing lies between, so that both run in one kernel; the layers library has no square, which is a layer of ours.
 */
function finished(layer: Summing, make: (activation: ActivationName) => NetworkLayer): NetworkLayer[] {
  if (layer.activation === "SQUARE") {
    const between = layer.batchNormalization ? [normalized()] : [];
    return [make("linear"), ...between, new Square([], false), ...dropped(layer.dropout)];
  }
  const activation = activationNames[layer.activation];
  const sums = layer.batchNormalization
    ? [make("linear"), normalized(), layers.activation({ activation })]
    : [make(activation)];
  return [...sums, ...dropped(layer.dropout)];
}

const dense = (layer: LayerOf<"DENSE">, place: Place): NetworkLayer[] =>
  finished(layer, (activation) =>
    layers.dense({ units: layer.units, activation, ...kernelOf(layer.l2, place) }),
  );

const paddingNames = { SAME: "same", VALID: "valid" } as const;

function convolution(layer: LayerOf<"CONV1D" | "CONV2D">, place: Place): NetworkLayer[] {
  const { filters, kernelSize, strides } = layer;
  const options = {
    filters,
    kernelSize,
    strides,
    padding: paddingNames[layer.padding],
    ...kernelOf(layer.l2, place),
  };
  return finished(layer, (activation) =>
    layer.type === "CONV1D"
      ? layers.conv1d({ ...options, activation })
      : layers.conv2d({ ...options, activation }),
  );
}

const poolings = {
  MAX_POOLING1D: layers.maxPooling1d,
  AVERAGE_POOLING1D: layers.averagePooling1d,
  MAX_POOLING2D: layers.maxPooling2d,
  AVERAGE_POOLING2D: layers.averagePooling2d,
};
const pooling = (layer: LayerOf<keyof typeof poolings>): NetworkLayer[] => {
  const { poolSize, strides = poolSize, padding } = layer;
  return [poolings[layer.type]({ poolSize, strides, padding: paddingNames[padding] })];
};

function recurrent(layer: LayerOf<"LSTM" | "GRU">, place: Place): NetworkLayer[] {
  const { units, returnSequences, l2 } = layer;
  const options = {
    units,
    returnSequences,
    ...kernelOf(l2, place),
    // Drawn by us once the layer is built; see orthogonal.ts.
    recurrentInitializer: initializers.zeros(),
    // The library's default is a piecewise line, which no other library and no export format means by LSTM.
    recurrentActivation: "sigmoid",
  } as const;
  return [layer.type === "LSTM" ? layers.lstm(options) : layers.gru(options), ...dropped(layer.dropout)];
}

const overPlaces =
  (one: () => NetworkLayer, two: () => NetworkLayer, overTokens: () => NetworkLayer) =>
  (_layer: Layer, { shape, masked }: Place): NetworkLayer[] => {
    if (masked) return [overTokens()];
    return [shape.length === 2 ? one() : two()];
  };

type Maker<Type extends LayerType> = (layer: LayerOf<Type>, place: Place) => NetworkLayer[];
const makers: { [Type in LayerType]: Maker<Type> } = {
  DENSE: dense,
  CONV1D: convolution,
  CONV2D: convolution,
  MAX_POOLING1D: pooling,
  MAX_POOLING2D: pooling,
  AVERAGE_POOLING1D: pooling,
  AVERAGE_POOLING2D: pooling,
  GLOBAL_AVERAGE_POOLING: overPlaces(
    () => layers.globalAveragePooling1d({}),
    () => layers.globalAveragePooling2d({}),
    () => new MaskedAverage(),
  ),
  GLOBAL_MAX_POOLING: overPlaces(
    () => layers.globalMaxPooling1d({}),
    () => layers.globalMaxPooling2d({}),
    () => new MaskedMaximum(),
  ),
  EMBEDDING: ({ dimensions }, { vocabulary = 1, fresh }) => {
    const embeddingsInitializer = fresh
      ? initializers.randomUniform({ minval: -0.05, maxval: 0.05 })
      : initializers.zeros();
    return [layers.embedding({ inputDim: vocabulary, outputDim: dimensions, embeddingsInitializer })];
  },
  POSITION_EMBEDDING: (_layer, { weights, fresh }) => [new PositionEmbedding(weights, fresh)],
  LSTM: recurrent,
  GRU: recurrent,
  TRANSFORMER_BLOCK: (layer, { weights, fresh }) => [new TransformerBlock(layer, weights, fresh)],
  DROPOUT: ({ dropout }) => dropped(dropout),
  BATCH_NORMALIZATION: () => [normalized()],
  LAYER_NORMALIZATION: (_layer, { weights, fresh }) => [new LayerNormalization(weights, fresh)],
  // The library refuses what is one line already; it stays as it is.
  FLATTEN: (_layer, { shape }) => (shape.length > 1 ? [layers.flatten()] : []),
  RESHAPE: ({ shape }) => [layers.reshape({ targetShape: [...shape] })],
};

/** The library's layers that make up one of ours. */
export const makeLayers = (layer: Layer, place: Place): NetworkLayer[] =>
  (makers[layer.type] as Maker<LayerType>)(layer, place);
