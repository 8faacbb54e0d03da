import {
  type Activation,
  type Architecture,
  type Layer,
  type LayerOf,
  type LayerType,
  maskedLayers,
} from "../architecture/index.js";
import type { Artefact } from "../artefact.js";
import { textSequence } from "../generation/text-tokens.js";
import { normalizationEpsilon } from "../network/index.js";
import { networkSides } from "./described.js";
import { type ExportFile, textFile } from "./export-file.js";
import { pythonImages } from "./python-images.js";
import { pythonLayers } from "./python-layers.js";
import { pythonGeneration, pythonWriting } from "./python-generation.js";
import {
  pythonAnswers,
  pythonHead,
  pythonMain,
  pythonMath,
  pythonPrediction,
  pythonRows,
  pythonStorage,
  pythonTorch,
} from "./python-runtime.js";
import { pythonSeries } from "./python-series.js";
import { pythonText } from "./python-text.js";

const linear = (name: string): string => `x @ w["${name}.kernel"] + w["${name}.bias"]`;
const activated = (activation: Activation): string[] =>
  activation === "LINEAR" ? [] : [`x = f["${activation.toLowerCase()}"](x)`];
const normalized = (name: string): string => `x = normalize(x, w, "${name}")`;

/** What follows the sums of a dense layer or a convolution. */
const finished = (
  sums: string,
  { activation, batchNormalization }: LayerOf<"DENSE" | "CONV1D" | "CONV2D">,
  name: string,
): string[] => [sums, ...(batchNormalization ? [normalized(name)] : []), ...activated(activation)];

const convolution = (layer: LayerOf<"CONV1D" | "CONV2D">, name: string): string[] =>
  finished(`x = convolve(x, w, "${name}", ${layer.strides}, "${layer.padding}")`, layer, name);

type Pooling = LayerOf<"MAX_POOLING1D" | "MAX_POOLING2D" | "AVERAGE_POOLING1D" | "AVERAGE_POOLING2D">;
const pooling = ({ type, poolSize, strides = poolSize, padding }: Pooling): string[] => [
  `x = pool_${type.startsWith("MAX") ? "max" : "average"}(x, ${poolSize}, ${strides}, "${padding}")`,
];

const recurrent = ({ type, returnSequences }: LayerOf<"LSTM" | "GRU">, name: string): string[] => [
  `x = ${type.toLowerCase()}(x, w, "${name}", ${returnSequences ? "True" : "False"})`,
];

/** Gives a function of the activations' table, LINEAR included. */
const functionOf = (activation: Activation): string =>
  activation === "LINEAR" ? "lambda x: x" : `f["${activation.toLowerCase()}"]`;

type Writer<Type extends LayerType> = (layer: LayerOf<Type>, name: string, masked: boolean) => string[];
const writers: { [Type in LayerType]: Writer<Type> } = {
  DENSE: (layer, name) => finished(`x = ${linear(name)}`, layer, name),
  CONV1D: convolution,
  CONV2D: convolution,
  MAX_POOLING1D: pooling,
  MAX_POOLING2D: pooling,
  AVERAGE_POOLING1D: pooling,
  AVERAGE_POOLING2D: pooling,
  GLOBAL_AVERAGE_POOLING: (_layer, _name, masked) => [
    masked ? "x = mean_of_real(x, real)" : "x = x.mean(axis=tuple(range(1, x.ndim - 1)))",
  ],
  GLOBAL_MAX_POOLING: (_layer, _name, masked) => [
    masked ? "x = max_of_real(x, real)" : "x = x.max(axis=tuple(range(1, x.ndim - 1)))",
  ],
  EMBEDDING: (_layer, name) => [`x = w["${name}.embeddings"][x.astype(int)]`],
  POSITION_EMBEDDING: (_layer, name) => [`x = x + w["${name}.embeddings"]`],
  LSTM: recurrent,
  GRU: recurrent,
  TRANSFORMER_BLOCK: ({ heads, activation, causal }, name, masked) => {
    const more = `${causal ? ", True" : ""}${masked ? ", real=real" : ""}`;
    return [`x = transform(x, w, "${name}", ${heads}, ${functionOf(activation)}${more})`];
  },
  DROPOUT: () => [],
  BATCH_NORMALIZATION: (_layer, name) => [normalized(name)],
  LAYER_NORMALIZATION: (_layer, name) => [`x = normalize_rows(x, w, "${name}")`],
  FLATTEN: () => ["x = x.reshape(len(x), -1)"],
  RESHAPE: ({ shape }) => [`x = x.reshape(len(x), ${shape.join(", ")})`],
};

const linesOf = (layer: Layer, index: number, masked: boolean): string[] =>
  (writers[layer.type] as Writer<LayerType>)(layer, String(index), masked);

/** Written so that numpy and torch understand it; the other layers are numpy's alone. */
const isPlain = ({ layers }: Architecture): boolean =>
  layers.every(({ type }) => type === "DENSE" || type === "DROPOUT");

/** Reads rows and words what the network says of them. */
function predicting({ architecture, preprocessing: { features } }: Artefact): string[] {
  const kinds = new Set(features.map(({ kind }) => kind));
  return [
    pythonStorage,
    pythonRows,
    pythonMath,
    pythonAnswers,
    kinds.has("TEXT") || kinds.has("TOKENS") ? pythonText() : "",
    kinds.has("IMAGE") ? pythonImages : "",
    isPlain(architecture) ? pythonTorch : pythonLayers,
    kinds.has("SERIES") ? pythonSeries : "",
    pythonMain,
  ];
}

/** Reads a prompt and writes on. Null where the network predicts rows. */
function writing({ preprocessing }: Artefact): string[] | null {
  const sequence = textSequence(preprocessing);
  return sequence && [pythonStorage, pythonMath, pythonLayers, pythonGeneration(sequence)];
}

/** `model.py`: computes with `model.safetensors` and `preprocessing.json` beside it what Tenfold computes. */
export function pythonFile(artefact: Artefact): ExportFile {
  const { architecture } = artefact;
  const { input } = networkSides(artefact);
  const { shape } = input;
  const masked = maskedLayers(architecture, input);
  const body = [
    // Rows come in one line; a network over several axes has its sides here.
    ...(shape.length > 1 ? [`x = x.reshape(len(x), ${shape.join(", ")})`] : []),
    ...(masked.includes(true) ? ["real = x != 0"] : []),
    ...architecture.layers.flatMap((layer, index) => linesOf(layer, index, masked[index] === true)),
    `return ${linear("output")}`,
  ];
  const network = [
    "",
    `EPSILON = ${normalizationEpsilon}`,
    "",
    "",
    "def network(x, w, f):",
    '    """From encoded rows to scores; w are the weights by name, f the activations."""',
    ...body.map((line) => `    ${line}`),
  ];
  const writer = writing(artefact);
  const head = pythonHead(writer ? pythonWriting : pythonPrediction);
  const runtime = (writer ?? predicting(artefact)).join("");
  return textFile("model.py", `${head}${network.join("\n")}\n${runtime}`);
}
