import type { Layer } from "../architecture/index.js";
import { squaring } from "../exchange/tfjs-layers.js";
import { normalizationEpsilon } from "../network/index.js";
import { added, finished, type Piece, type Place, summed, sums } from "./keras-place.js";
import { KerasSettings } from "./keras-settings.js";
import { convolution, globally, pooling } from "./keras-windows.js";
import { maskedPoolings } from "./masked-pooling.js";
import { ownLayers } from "./own-layers.js";
import { filled, type KerasWeights, movedVariance } from "./tfjs-weights.js";
import type { KerasLayer } from "./tfjs-topology.js";

/** With the equations of 2014 alone: another activation, or a reset after the product, is another layer. */
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

/** @param known what the layer is by itself; else its settings say it */
function activation(place: Place, known?: "RELU" | "SQUARE"): void {
  const found = known ?? place.settings.activation();
  if (found === "LINEAR") return;
  const before = openSums(place);
  if (!before) throw place.settings.refuse("has no sums of a dense layer or a convolution before it.");
  const layer: Layer = { ...before.layer, activation: found === "SOFTMAX" ? "LINEAR" : found };
  place.pieces[place.pieces.length - 1] = { ...before, layer, softmax: found === "SOFTMAX" };
}

/** Joins the sums before it, as ours have it, where nothing came between; else it is a layer of its own. */
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

/** Its epsilon stands under a root with a value that differs from row to row, so it can't be moved into a weight. */
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

/**
 * The layers that are served. Lambda and every layer of somebody's own is code or unknown, and so not among them; ours
 * are known by their names, and computed by this house's code whatever code the archive brings.
 */
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
      activation(place, "RELU");
    },
  ],
  [squaring, (place) => activation(place, "SQUARE")],
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
  ...maskedPoolings,
  ...ownLayers,
]);

/** Layers of ours for those of the file. @throws MODEL_FILE_UNSUPPORTED with the name of the one that is not served */
export function piecesOf(layers: readonly KerasLayer[], weights: KerasWeights): Piece[] {
  const pieces: Piece[] = [];
  for (const layer of layers) {
    const settings = new KerasSettings(layer);
    const read = readers.get(layer.type);
    if (!read) throw settings.refuse("is of a type that is not served.");
    const { softmax } = pieces.at(-1) ?? { softmax: false };
    if (softmax && layer.type !== "Dropout")
      throw settings.refuse("follows a softmax, which only the last layer may have.");
    read({ settings, pieces, weights: (name, of = layer.name) => weights.of(of, name) });
  }
  return pieces;
}
