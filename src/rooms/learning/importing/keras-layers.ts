import type { Layer } from "../architecture/index.js";
import { normalizationEpsilon } from "../network/index.js";
import { KerasSettings } from "./keras-settings.js";
import { filled, type KerasWeights, movedVariance, type WeightSource } from "./tfjs-weights.js";
import type { KerasLayer } from "./tfjs-topology.js";

/** A layer of ours as it comes together, and where its weights lie. */
export interface Piece {
  layer: Layer;
  weights: Record<string, WeightSource>;
  /** Its outputs go through a softmax, which only the last layer's may. */
  softmax: boolean;
  /** Axes that must be the last one of what it gives, as the file counts them: with the batch, from 0. */
  axes?: number[];
}

interface Place {
  settings: KerasSettings;
  weights: (name: string) => WeightSource;
  /** What was read so far; the last one may still be added to. */
  pieces: Piece[];
}

const sums = ({ settings, weights }: Place): Record<string, WeightSource> => ({
  kernel: weights("kernel"),
  bias: settings.flag("use_bias", true) ? weights("bias") : filled(0),
});

const added = (place: Place, layer: Layer, weights: Record<string, WeightSource> = {}): void =>
  void place.pieces.push({ layer, weights, softmax: false });

const finished = { dropout: 0, l2: 0, batchNormalization: false } as const;

/** Adds what has an activation of its own. */
function summed(place: Place, layer: Extract<Layer, { batchNormalization: boolean }>): void {
  const activation = place.settings.activation();
  place.pieces.push({
    layer: { ...layer, activation: activation === "SOFTMAX" ? "LINEAR" : activation },
    weights: sums(place),
    softmax: activation === "SOFTMAX",
  });
}

function convolution(type: "CONV1D" | "CONV2D"): (place: Place) => void {
  return (place) => {
    const { settings } = place;
    settings.channelsLast();
    if (settings.side("dilation_rate", 1) !== 1) throw settings.refuse("is dilated, which is not served.");
    if (settings.number("groups", 1) !== 1) throw settings.refuse("is grouped, which is not served.");
    const windows = {
      filters: settings.whole("filters"),
      kernelSize: settings.side("kernel_size"),
      strides: settings.side("strides", 1),
      padding: settings.padding(),
    };
    summed(place, { type, activation: "LINEAR", ...windows, ...finished });
  };
}

type Pooling = "MAX_POOLING1D" | "MAX_POOLING2D" | "AVERAGE_POOLING1D" | "AVERAGE_POOLING2D";
const pooling =
  (type: Pooling) =>
  (place: Place): void => {
    const { settings } = place;
    settings.channelsLast();
    const poolSize = settings.side("pool_size", 2);
    added(place, {
      type,
      poolSize,
      strides: settings.side("strides", poolSize),
      padding: settings.padding(),
    });
  };

const globally =
  (type: "GLOBAL_AVERAGE_POOLING" | "GLOBAL_MAX_POOLING") =>
  (place: Place): void => {
    place.settings.channelsLast();
    place.settings.only("keepdims", false);
    added(place, { type });
  };

const recurrent =
  (type: "LSTM" | "GRU") =>
  (place: Place): void => {
    const { settings, weights } = place;
    settings.only("activation", "tanh");
    settings.only("recurrent_activation", "sigmoid");
    for (const name of ["go_backwards", "stateful", "return_state", "reset_after", "time_major"])
      settings.only(name, false);
    const returnSequences = settings.flag("return_sequences", false);
    const layer = { type, units: settings.whole("units"), returnSequences, dropout: 0, l2: 0 };
    added(place, layer, { ...sums(place), recurrentKernel: weights("recurrent_kernel") });
  };

/** The layer before, where its sums have been through nothing yet. */
function openSums({
  pieces,
}: Place): (Piece & { layer: Extract<Layer, { batchNormalization: boolean }> }) | null {
  const last = pieces.at(-1);
  if (!last || last.softmax || !("batchNormalization" in last.layer)) return null;
  return last.layer.activation === "LINEAR" ? { ...last, layer: last.layer } : null;
}

function activation(place: Place, name?: string): void {
  const found = name === "relu" ? "RELU" : place.settings.activation();
  if (found === "LINEAR") return;
  const before = openSums(place);
  if (!before) throw place.settings.refuse("has no sums of a dense layer or a convolution before it.");
  const layer: Layer = { ...before.layer, activation: found === "SOFTMAX" ? "LINEAR" : found };
  place.pieces[place.pieces.length - 1] = { ...before, layer, softmax: found === "SOFTMAX" };
}

function normalization(place: Place): void {
  const { settings, weights } = place;
  const axes = settings.lastAxis();
  const own = {
    gamma: settings.flag("scale", true) ? weights("gamma") : filled(1),
    beta: settings.flag("center", true) ? weights("beta") : filled(0),
    mean: weights("moving_mean"),
    variance: movedVariance(weights("moving_variance"), settings.epsilon()),
  };
  const before = openSums(place);
  if (!before || before.layer.batchNormalization) {
    place.pieces.push({ layer: { type: "BATCH_NORMALIZATION" }, weights: own, softmax: false, axes });
    return;
  }
  const layer: Layer = { ...before.layer, batchNormalization: true };
  place.pieces[place.pieces.length - 1] = { ...before, layer, weights: { ...before.weights, ...own }, axes };
}

function layerNormalization(place: Place): void {
  const { settings, weights } = place;
  const axes = settings.lastAxis();
  if (Math.abs(settings.epsilon() - normalizationEpsilon) > 1e-12)
    throw settings.refuse(`has another epsilon than ${normalizationEpsilon}.`);
  const gamma = settings.flag("scale", true) ? weights("gamma") : filled(1);
  const beta = settings.flag("center", true) ? weights("beta") : filled(0);
  place.pieces.push({
    layer: { type: "LAYER_NORMALIZATION" },
    weights: { gamma, beta },
    softmax: false,
    axes,
  });
}

/** The layers that are served. Lambda and every layer of somebody's own is code or unknown, and so not among them. */
const readers = new Map<string, (place: Place) => void>([
  ["InputLayer", () => undefined],
  [
    "Dense",
    (place) =>
      summed(place, {
        type: "DENSE",
        units: place.settings.whole("units"),
        activation: "LINEAR",
        ...finished,
      }),
  ],
  ["Activation", (place) => activation(place)],
  [
    "Softmax",
    (place) => {
      place.settings.lastAxis();
      const before = openSums(place);
      if (!before) throw place.settings.refuse("has no sums of a dense layer before it.");
      place.pieces[place.pieces.length - 1] = { ...before, softmax: true };
    },
  ],
  [
    "ReLU",
    (place) => {
      for (const name of ["max_value", "negative_slope", "threshold"]) place.settings.only(name, 0);
      activation(place, "relu");
    },
  ],
  ["Dropout", () => undefined],
  ["SpatialDropout1D", () => undefined],
  ["GaussianDropout", () => undefined],
  ["GaussianNoise", () => undefined],
  [
    "Flatten",
    (place) => {
      place.settings.channelsLast();
      added(place, { type: "FLATTEN" });
    },
  ],
  ["Reshape", (place) => added(place, { type: "RESHAPE", shape: place.settings.sides("target_shape") })],
  ["Conv1D", convolution("CONV1D")],
  ["Conv2D", convolution("CONV2D")],
  ["MaxPooling1D", pooling("MAX_POOLING1D")],
  ["MaxPooling2D", pooling("MAX_POOLING2D")],
  ["AveragePooling1D", pooling("AVERAGE_POOLING1D")],
  ["AveragePooling2D", pooling("AVERAGE_POOLING2D")],
  ["GlobalAveragePooling1D", globally("GLOBAL_AVERAGE_POOLING")],
  ["GlobalAveragePooling2D", globally("GLOBAL_AVERAGE_POOLING")],
  ["GlobalMaxPooling1D", globally("GLOBAL_MAX_POOLING")],
  ["GlobalMaxPooling2D", globally("GLOBAL_MAX_POOLING")],
  [
    "Embedding",
    (place) => {
      place.settings.only("mask_zero", false);
      added(
        place,
        { type: "EMBEDDING", dimensions: place.settings.whole("output_dim") },
        { embeddings: place.weights("embeddings") },
      );
    },
  ],
  ["LSTM", recurrent("LSTM")],
  ["GRU", recurrent("GRU")],
  ["BatchNormalization", normalization],
  ["LayerNormalization", layerNormalization],
]);

/** Layers of ours for those of the file. @throws MODEL_FILE_UNSUPPORTED with the name of the one that is not served */
export function piecesOf(layers: readonly KerasLayer[], weights: KerasWeights): Piece[] {
  const pieces: Piece[] = [];
  for (const layer of layers) {
    const settings = new KerasSettings(layer);
    const read = readers.get(layer.type);
    if (!read)
      throw settings.refuse("is of a type that is not served. Build the network of layers that are.");
    const { softmax } = pieces.at(-1) ?? { softmax: false };
    if (softmax && layer.type !== "Dropout")
      throw settings.refuse("follows a softmax, which only the last layer may have.");
    read({ settings, pieces, weights: (name) => weights.of(layer.name, name) });
  }
  return pieces;
}
