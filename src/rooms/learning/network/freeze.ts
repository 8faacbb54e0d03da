import type { layers, LayersModel } from "@tensorflow/tfjs-layers";
import type { LayerOutline } from "../architecture/index.js";

/**
 * Keeps the weights of all but the last `trainable` layers that have any as they are; call it before the model is
 * compiled. Null freezes none.
 */
export function freezeLayers(
  model: LayersModel,
  outlines: readonly LayerOutline[],
  trainable: number | null,
): void {
  if (trainable === null) return;
  const counts = outlines.map(({ weights }) => weights.length).filter((count) => count > 0);
  let left = counts.slice(0, Math.max(0, counts.length - trainable)).reduce((sum, count) => sum + count, 0);
  for (const layer of model.layers) {
    const count = layer.weights.length;
    if (count === 0) continue;
    if (left < count) return;
    left -= count;
    layer.trainable = false;
    if (layer.getClassName() === "BatchNormalization") keepMoments(layer);
  }
}

/** A frozen normalisation goes by the moments it has learnt: those of the new batches would change its answers. */
function keepMoments(layer: layers.Layer): void {
  const call: layers.Layer["call"] = layer.call.bind(layer);
  layer.call = (inputs, options) => call(inputs, { ...options, training: false });
}
