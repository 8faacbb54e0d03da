import type { TfjsLayer } from "./tfjs-layer.js";

export type PoolingType = "GLOBAL_AVERAGE_POOLING" | "GLOBAL_MAX_POOLING";

interface Steps {
  /** How many there are. */
  steps: number;
  vocabulary: number;
}

/** A number for each token, looked up: one for padding, one for all others. */
const lookedUp = (key: string, { vocabulary }: Steps, padding: number, token: number): TfjsLayer => {
  const values = new Float32Array(vocabulary).fill(token);
  values[0] = padding;
  return {
    key,
    class_name: "Embedding",
    config: { input_dim: vocabulary, output_dim: 1 },
    weights: {},
    constants: { embeddings: { shape: [vocabulary, 1], values } },
    from: ["tokens"],
  };
};

/** Added to what stands at padding: nothing is left of it in a softmax, and no maximum is found there. */
const farBelow = -1e9;

const step = (key: string, className: string, config: object, from?: string[]): TfjsLayer => ({
  key,
  class_name: className,
  config: { ...config },
  weights: {},
  ...(from && { from }),
});

/** Each token's share of the mean is a softmax over all, which leaves none to padding; then the sum of shares and steps. */
const average = (place: Steps): TfjsLayer[] => [
  lookedUp("padding", place, farBelow, 0),
  step("line", "Reshape", { target_shape: [place.steps] }),
  step("softmax", "Activation", { activation: "softmax" }),
  step("shares", "Reshape", { target_shape: [place.steps, 1] }),
  lookedUp("real", place, 0, 1),
  step("kept", "Multiply", {}, ["shares", "real"]),
  step("sum", "Dot", { axes: 1, normalize: false }, ["kept", "steps"]),
  step("mean", "Flatten", {}),
];

const maximum = (place: Steps): TfjsLayer[] => [
  lookedUp("padding", place, farBelow, 0),
  step("lowered", "Add", {}, ["steps", "padding"]),
  step("top", "GlobalMaxPooling1D", { data_format: "channels_last" }),
  lookedUp("real", place, 0, 1),
  step("any", "GlobalMaxPooling1D", { data_format: "channels_last" }),
  step("maximum", "Multiply", {}, ["top", "any"]),
];

/**
 * Global pooling that leaves out padding, of layers that the library has: its own pooling knows no mask. A text without
 * any token gives zeros, as ours does.
 */
export const tfjsMaskedPooling = ({ type }: { type: PoolingType }, place: Steps): TfjsLayer[] =>
  type === "GLOBAL_AVERAGE_POOLING" ? average(place) : maximum(place);
