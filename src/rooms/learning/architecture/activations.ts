import type { Layer, LayerOf, LayerType } from "./layer.js";
import { sizeOf } from "./outputs.js";

type Count<Type extends LayerType> = (
  layer: LayerOf<Type>,
  input: readonly number[],
  output: readonly number[],
) => number;

const output: Count<LayerType> = (_layer, _input, shape) => sizeOf(shape);

/** The windows laid out side by side, which is how the gradient of a convolution is computed, beside its outputs. */
const convolution: Count<"CONV1D" | "CONV2D"> = (layer, input, shape) => {
  const places = sizeOf(shape.slice(0, -1));
  const window = layer.kernelSize ** (layer.type === "CONV1D" ? 1 : 2) * (input.at(-1) ?? 1);
  return places * window + 3 * sizeOf(shape);
};

/** Sums, gates and states of every step. */
const recurrent: Count<"LSTM" | "GRU"> = ({ units }, [steps = 1, channels = 1]) =>
  steps * (channels + 12 * units);

/** Normalised values, queries, keys, values and both residuals; the scores of every pair of steps; the feed-forward. */
const transformer: Count<"TRANSFORMER_BLOCK"> = ({ heads, units }, [steps = 1, channels = 1]) =>
  steps * (10 * channels + 3 * units) + 3 * heads * steps * steps;

const activations: { [Type in LayerType]: Count<Type> } = {
  DENSE: (_layer, _input, shape) => 3 * sizeOf(shape),
  CONV1D: convolution,
  CONV2D: convolution,
  MAX_POOLING1D: output,
  MAX_POOLING2D: output,
  AVERAGE_POOLING1D: output,
  AVERAGE_POOLING2D: output,
  GLOBAL_AVERAGE_POOLING: output,
  GLOBAL_MAX_POOLING: output,
  EMBEDDING: output,
  POSITION_EMBEDDING: output,
  LSTM: recurrent,
  GRU: recurrent,
  TRANSFORMER_BLOCK: transformer,
  DROPOUT: (_layer, _input, shape) => 2 * sizeOf(shape),
  BATCH_NORMALIZATION: (_layer, _input, shape) => 3 * sizeOf(shape),
  LAYER_NORMALIZATION: (_layer, _input, shape) => 3 * sizeOf(shape),
  FLATTEN: () => 0,
  RESHAPE: () => 0,
};

/** About how many values one row leaves in memory on its way through the layer, before any gradient. */
export const activationsOf = (layer: Layer, input: readonly number[], shape: readonly number[]): number =>
  (activations[layer.type] as Count<LayerType>)(layer, input, shape);
