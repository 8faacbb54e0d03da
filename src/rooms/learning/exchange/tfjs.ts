import { maskedLayers, outline } from "../architecture/index.js";
import type { Artefact } from "../artefact.js";
import { namedWeights, networkSides } from "./described.js";
import { bytesOf, type ExportFile, jsonFile } from "./export-file.js";
import type { TfjsLayer } from "./tfjs-layer.js";
import { tfjsCode } from "./tfjs-code.js";
import { squaring, tfjsDense, tfjsLayers } from "./tfjs-layers.js";
import { isOwn } from "./tfjs-own.js";

interface NamedLayer extends TfjsLayer {
  name: string;
  /** Prefix of its weights' own names. */
  own: string;
}

const named = (layers: TfjsLayer[], own: string): NamedLayer[] =>
  layers.map((layer) => ({ ...layer, own, name: `${layer.key ?? layer.class_name.toLowerCase()}_${own}` }));

/** Keys of others as names of layers. */
function linked(layers: NamedLayer[], own: string, tokens: string, steps: string): NamedLayer[] {
  const nameOf = (key: string): string => ({ tokens, steps })[key] ?? `${key}_${own}`;
  return layers.map((layer) => ({ ...layer, ...(layer.from && { from: layer.from.map(nameOf) }) }));
}

function layersOf(artefact: Artefact): NamedLayer[] {
  const { input, outputs } = networkSides(artefact);
  const outlines = outline(artefact.architecture, input, outputs).layers;
  const first = { batch_input_shape: [null, ...input.shape], dtype: "float32", sparse: false };
  const layers = named([{ class_name: "InputLayer", config: first, weights: {} }], "input");
  const masks = maskedLayers(artefact.architecture, input);
  const [tokens = ""] = layers.map(({ name }) => name);
  let { shape } = input;
  artefact.architecture.layers.forEach((layer, index) => {
    const [own, masked] = [String(index), masks[index] === true];
    const made = named(tfjsLayers(layer, { shape, vocabulary: input.vocabulary, masked }), own);
    layers.push(...linked(made, own, tokens, layers.at(-1)?.name ?? tokens));
    shape = outlines[index]?.shape ?? shape;
  });
  return [...layers, ...named([tfjsDense(outputs)], "output")];
}

/** Weights by our own name and by the library's, in the order of storage. */
const weightPairs = (layers: readonly NamedLayer[]): [own: string, theirs: string][] =>
  layers.flatMap(({ name, own, weights }) =>
    Object.entries(weights).map(([ours, theirs]): [string, string] => [
      `${own}.${ours}`,
      `${name}/${theirs}`,
    ]),
  );

const constantsOf = (layers: readonly NamedLayer[]) =>
  layers.flatMap(({ name, constants = {} }) =>
    Object.entries(constants).map(([theirs, constant]) => ({ ...constant, name: `${name}/${theirs}` })),
  );

const sequential = (layers: readonly NamedLayer[]): object => ({
  class_name: "Sequential",
  config: {
    name: "network",
    layers: layers.map(({ class_name, config, name }) => ({ class_name, config: { name, ...config } })),
  },
});

/** A layer takes the one before it, which one that squares takes twice, or those that it names. */
const inputsOf = ({ class_name, from }: NamedLayer, before: string | undefined): readonly unknown[] =>
  from ?? (class_name === squaring ? [before, before] : [before]);

/** One layer after the other still, but a layer may take other inputs, or the same one twice. */
function functional(layers: readonly NamedLayer[]): object {
  const node = (at: number): unknown[] => [layers.at(at)?.name, 0, 0];
  const nodes = layers.map((layer, at) => {
    const { class_name, config, name } = layer;
    const inputs = inputsOf(layer, layers[at - 1]?.name).map((from) => [from, 0, 0, {}]);
    return {
      name,
      class_name,
      config: { name, ...config },
      inbound_nodes: at === 0 ? [] : [inputs],
    };
  });
  const config = { name: "network", layers: nodes, input_layers: [node(0)], output_layers: [node(-1)] };
  return { class_name: "Model", config };
}

const topology = (layers: readonly NamedLayer[]): object => ({
  keras_version: "tfjs-layers 4.22.0",
  backend: "tensor_flow.js",
  model_config: layers.some(({ class_name, from }) => from || class_name === squaring)
    ? functional(layers)
    : sequential(layers),
});

/**
 * The network in TF.js layers format, to be read by `tf.loadLayersModel`: `model.json` and `weights.bin`, and where
 * layers are ours alone `layers.js`, which makes the library know them. Its output are class scores before the softmax,
 * the standardised number, or after each token the scores of the next.
 */
export function tfjsFiles(artefact: Artefact): ExportFile[] {
  const layers = layersOf(artefact);
  const weights = namedWeights(artefact);
  const pairs = weightPairs(layers);
  const stored = [...pairs.map(([own, name]) => ({ name, ...weights(own) })), ...constantsOf(layers)];
  const manifest = stored.map(({ name, shape }) => ({ name, shape, dtype: "float32" }));
  const model = {
    format: "layers-model",
    generatedBy: "Tenfold",
    convertedBy: null,
    modelTopology: topology(layers),
    weightsManifest: [{ paths: ["weights.bin"], weights: manifest }],
  };
  const parts = stored.map(({ values }) => bytesOf(values));
  const files = [jsonFile("model.json", model), { name: "weights.bin", parts }];
  return layers.some(isOwn) ? [...files, tfjsCode()] : files;
}
