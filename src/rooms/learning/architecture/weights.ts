import type { Layer, LayerOf, LayerType } from "./layer.js";

/** Name and shape of one weight tensor. */
export interface WeightShape {
  name: string;
  shape: number[];
}

const last = (shape: readonly number[]): number => shape.at(-1) ?? 1;
const named = (shapes: Record<string, number[]>): WeightShape[] =>
  Object.entries(shapes).map(([name, shape]) => ({ name, shape }));

const normalization = (channels: number): WeightShape[] =>
  named({ gamma: [channels], beta: [channels], mean: [channels], variance: [channels] });

/** Sums of kernel and bias, normalised over the batch where the layer says so. */
const summed = (kernel: number[], batchNormalization: boolean): WeightShape[] => [
  ...named({ kernel, bias: kernel.slice(-1) }),
  ...(batchNormalization ? normalization(last(kernel)) : []),
];

const recurrent =
  (gates: number) =>
  ({ units }: LayerOf<"LSTM" | "GRU">, shape: readonly number[]): WeightShape[] =>
    named({
      kernel: [last(shape), gates * units],
      recurrentKernel: [units, gates * units],
      bias: [gates * units],
    });

/** Gates of an LSTM in order: input, forget, candidate, output; of a GRU: update, reset, candidate. */
const gatesOf = { LSTM: 4, GRU: 3 } as const;

function transformer({ units }: LayerOf<"TRANSFORMER_BLOCK">, shape: readonly number[]): WeightShape[] {
  const d = last(shape);
  const square = (name: string) => named({ [`${name}.kernel`]: [d, d], [`${name}.bias`]: [d] });
  return [
    ...named({ "attention.gamma": [d], "attention.beta": [d] }),
    ...["query", "key", "value", "attention"].flatMap(square),
    ...named({ "feedForward.gamma": [d], "feedForward.beta": [d] }),
    ...named({ "feedForward.kernel": [d, units], "feedForward.bias": [units] }),
    ...named({ "projection.kernel": [units, d], "projection.bias": [d] }),
  ];
}

const none = (): WeightShape[] => [];

type Weights<Type extends LayerType> = (
  layer: LayerOf<Type>,
  shape: readonly number[],
  vocabulary: number,
) => WeightShape[];
const weights: { [Type in LayerType]: Weights<Type> } = {
  DENSE: (layer, shape) => summed([last(shape), layer.units], layer.batchNormalization),
  CONV1D: (layer, shape) => summed([layer.kernelSize, last(shape), layer.filters], layer.batchNormalization),
  CONV2D: (layer, shape) =>
    summed([layer.kernelSize, layer.kernelSize, last(shape), layer.filters], layer.batchNormalization),
  MAX_POOLING1D: none,
  MAX_POOLING2D: none,
  AVERAGE_POOLING1D: none,
  AVERAGE_POOLING2D: none,
  GLOBAL_AVERAGE_POOLING: none,
  GLOBAL_MAX_POOLING: none,
  EMBEDDING: ({ dimensions }, _shape, vocabulary) => named({ embeddings: [vocabulary, dimensions] }),
  POSITION_EMBEDDING: (_layer, shape) => named({ embeddings: [...shape] }),
  LSTM: recurrent(gatesOf.LSTM),
  GRU: recurrent(gatesOf.GRU),
  TRANSFORMER_BLOCK: transformer,
  DROPOUT: none,
  BATCH_NORMALIZATION: (_layer, shape) => normalization(last(shape)),
  LAYER_NORMALIZATION: (_layer, shape) => named({ gamma: [last(shape)], beta: [last(shape)] }),
  FLATTEN: none,
  RESHAPE: none,
};

/** The weights of one layer in the order of storage; `shape` is that of its input for one row. */
export const weightsOf = (layer: Layer, shape: readonly number[], vocabulary = 0): WeightShape[] =>
  (weights[layer.type] as Weights<LayerType>)(layer, shape, vocabulary);
