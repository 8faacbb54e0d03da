import type { Architecture, Layer, LayerType } from "./layer.js";
import type { InputShape } from "./outputs.js";

/** What gives a step for a step, so that each still stands for its token. */
const stepwise: readonly LayerType[] = [
  "EMBEDDING",
  "POSITION_EMBEDDING",
  "DENSE",
  "DROPOUT",
  "BATCH_NORMALIZATION",
  "LAYER_NORMALIZATION",
  "TRANSFORMER_BLOCK",
];

const keepsSteps = (layer: Layer): boolean =>
  layer.type === "LSTM" || layer.type === "GRU" ? layer.returnSequences : stepwise.includes(layer.type);

const masking: readonly LayerType[] = ["TRANSFORMER_BLOCK", "GLOBAL_AVERAGE_POOLING", "GLOBAL_MAX_POOLING"];

/**
 * Of each layer whether it leaves padding out of what it mixes: attention and global pooling, where the input says so
 * and its steps are still tokens. As in Keras, convolutions, windows and new shapes end that: what they give stands for
 * several tokens.
 */
export function maskedLayers({ layers }: Architecture, { maskZero = false }: InputShape): boolean[] {
  let tokens = maskZero;
  return layers.map((layer) => {
    const masked = tokens && masking.includes(layer.type);
    tokens &&= keepsSteps(layer);
    return masked;
  });
}
