import type { Layer, LayerType } from "./layer.js";

/** What makes of each step a step, and of none of them anything that lies after it. */
const stepwise: readonly LayerType[] = [
  "EMBEDDING",
  "POSITION_EMBEDDING",
  "DENSE",
  "DROPOUT",
  "LAYER_NORMALIZATION",
];

/**
 * Why a layer can't be part of a network that foretells each step's successor, or null. A layer that saw the steps to
 * come would copy them: the loss would be near zero, and there would be nothing to copy when it is to write.
 */
export function causalFault(layer: Layer): string | null {
  if (stepwise.includes(layer.type)) {
    // Over tokens and steps a batch's mean and variance come from the steps to come as well.
    const mixes = layer.type === "DENSE" && layer.batchNormalization;
    return mixes ? "batchNormalization mixes steps, which a generator must not. Leave it out." : null;
  }
  if (layer.type === "LSTM" || layer.type === "GRU")
    return layer.returnSequences
      ? null
      : `A generator answers every step, but this ${layer.type} gives the last alone. Set returnSequences to true.`;
  if (layer.type === "TRANSFORMER_BLOCK")
    return layer.causal ? null : "This TRANSFORMER_BLOCK sees the steps to come. Set causal to true.";
  return `${layer.type} mixes steps, which a generator must not. Use EMBEDDING, LSTM, GRU, causal TRANSFORMER_BLOCK, DENSE, DROPOUT or LAYER_NORMALIZATION.`;
}
