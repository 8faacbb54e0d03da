import type { DenseLayer } from "../architecture.js";
import type { Artefact } from "../artefact.js";
import { normalizationEpsilon } from "../weights.js";
import { networkWidths, namedWeights } from "./described.js";
import { bytesOf, type ExportFile, jsonFile } from "./export-file.js";

interface LayerConfig {
  class_name: string;
  config: Record<string, unknown> & { name: string };
}

/** Our names of weights beside those that the layers library looks for. */
const weightNames = {
  dense: { kernel: "kernel", bias: "bias" },
  normalization: { gamma: "gamma", beta: "beta", mean: "moving_mean", variance: "moving_variance" },
};

const dense = (name: string, units: number): LayerConfig => ({
  class_name: "Dense",
  config: { name, trainable: true, units, activation: "linear", use_bias: true },
});

/** The layers that train as ours do: one dense layer of ours is up to four there. */
function layersOf(layer: DenseLayer, index: string): LayerConfig[] {
  const { units, activation, dropout, batchNormalization } = layer;
  const layers = [dense(`dense_${index}`, units)];
  if (batchNormalization) {
    const config = {
      name: `normalization_${index}`,
      axis: -1,
      epsilon: normalizationEpsilon,
      center: true,
      scale: true,
    };
    layers.push({ class_name: "BatchNormalization", config });
  }
  const named = { name: `activation_${index}`, activation: activation.toLowerCase() };
  layers.push({ class_name: "Activation", config: named });
  if (dropout > 0)
    layers.push({ class_name: "Dropout", config: { name: `dropout_${index}`, rate: dropout } });
  return layers;
}

/** Weights by our own name and by the library's, in the order of storage. */
function weightPairs(layers: readonly DenseLayer[]): [own: string, theirs: string][] {
  const pairs = (index: string, layer: string, names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([own, theirs]): [string, string] => [
      `${index}.${own}`,
      `${layer}_${index}/${theirs}`,
    ]);
  const hidden = layers.flatMap(({ batchNormalization }, place) => {
    const index = String(place);
    const normalization = batchNormalization ? pairs(index, "normalization", weightNames.normalization) : [];
    return [...pairs(index, "dense", weightNames.dense), ...normalization];
  });
  return [...hidden, ...pairs("output", "dense", weightNames.dense)];
}

/**
 * The network in TF.js layers format, to be read by `tf.loadLayersModel`: `model.json` and `weights.bin`. Its output
 * are class scores before the softmax, or the standardised number.
 */
export function tfjsFiles(artefact: Artefact): ExportFile[] {
  const { layers } = artefact.architecture;
  const { inputs, outputs } = networkWidths(artefact);
  const weights = namedWeights(artefact);
  const configs = [
    ...layers.flatMap((layer, index) => layersOf(layer, String(index))),
    dense("dense_output", outputs),
  ];
  const [first] = configs;
  if (first) first.config["batch_input_shape"] = [null, inputs];
  const pairs = weightPairs(layers);
  const model = {
    format: "layers-model",
    generatedBy: "Tenfold",
    convertedBy: null,
    modelTopology: {
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
      model_config: { class_name: "Sequential", config: { name: "network", layers: configs } },
    },
    weightsManifest: [
      {
        paths: ["weights.bin"],
        weights: pairs.map(([own, name]) => ({ name, shape: weights(own).shape, dtype: "float32" })),
      },
    ],
  };
  const parts = pairs.map(([own]) => bytesOf(weights(own).values));
  return [jsonFile("model.json", model), { name: "weights.bin", parts }];
}
