import type { Layer } from "../../../../src/rooms/learning/architecture/index.js";
import type { Artefact } from "../../../../src/rooms/learning/artefact.js";
import { tokenArtefact, wideArtefact } from "./artefacts.js";

const common = { dropout: 0.1, l2: 0 };
const convolved = {
  ...common,
  filters: 5,
  kernelSize: 3,
  strides: 1,
  padding: "SAME",
  activation: "RELU",
} as const;
const steps: Layer = { type: "RESHAPE", shape: [12, 4] };
const image: Layer = { type: "RESHAPE", shape: [7, 6, 2] };
const flat: Layer = { type: "FLATTEN" };

const sequences: Record<string, Layer[]> = {
  "dense layers over steps": [
    { type: "DENSE", units: 6, activation: "GELU", batchNormalization: true, ...common },
  ],
  "CONV1D, SAME, with strides": [{ type: "CONV1D", ...convolved, strides: 2, batchNormalization: true }],
  "CONV1D, SAME, with strides beyond the kernel": [
    { type: "CONV1D", ...convolved, strides: 5, batchNormalization: false },
  ],
  "MAX_POOLING1D, SAME, with strides beyond the window": [
    { type: "MAX_POOLING1D", poolSize: 2, strides: 7, padding: "SAME" },
  ],
  "CONV1D, VALID": [
    {
      type: "CONV1D",
      ...convolved,
      kernelSize: 4,
      padding: "VALID",
      activation: "TANH",
      batchNormalization: false,
    },
  ],
  MAX_POOLING1D: [{ type: "MAX_POOLING1D", poolSize: 5, strides: 2, padding: "SAME" }],
  AVERAGE_POOLING1D: [{ type: "AVERAGE_POOLING1D", poolSize: 5, strides: 3, padding: "SAME" }],
  "LSTM over LSTM": [
    { type: "LSTM", units: 6, returnSequences: true, ...common },
    { type: "LSTM", units: 5, returnSequences: false, ...common },
  ],
  "GRU over GRU": [
    { type: "GRU", units: 6, returnSequences: true, ...common },
    { type: "GRU", units: 5, returnSequences: false, ...common },
  ],
  "LSTM whose one line is flattened again": [
    { type: "LSTM", units: 5, returnSequences: false, ...common },
    flat,
  ],
  "GLOBAL_AVERAGE_POOLING of steps": [{ type: "GLOBAL_AVERAGE_POOLING" }],
  "GLOBAL_MAX_POOLING of steps": [{ type: "GLOBAL_MAX_POOLING" }],
  "normalisations and dropout": [
    { type: "BATCH_NORMALIZATION" },
    { type: "LAYER_NORMALIZATION" },
    { type: "DROPOUT", dropout: 0.3 },
  ],
};
const attentive: Record<string, Layer[]> = {
  "positions and TRANSFORMER_BLOCK": [
    { type: "POSITION_EMBEDDING" },
    { type: "TRANSFORMER_BLOCK", heads: 2, units: 9, activation: "GELU", dropout: 0.1 },
    { type: "TRANSFORMER_BLOCK", heads: 4, units: 3, activation: "RELU", dropout: 0 },
  ],
  "causal TRANSFORMER_BLOCK": [
    { type: "TRANSFORMER_BLOCK", heads: 2, units: 9, activation: "GELU", dropout: 0.1, causal: true },
  ],
};
const images: Record<string, Layer[]> = {
  "CONV2D, SAME, with strides": [{ type: "CONV2D", ...convolved, strides: 2, batchNormalization: true }],
  "CONV2D, VALID": [
    {
      type: "CONV2D",
      ...convolved,
      kernelSize: 2,
      padding: "VALID",
      activation: "ELU",
      batchNormalization: false,
    },
  ],
  "AVERAGE_POOLING2D, SAME, with strides beyond the window": [
    { type: "AVERAGE_POOLING2D", poolSize: 2, strides: 5, padding: "SAME" },
  ],
  MAX_POOLING2D: [{ type: "MAX_POOLING2D", poolSize: 2, padding: "VALID" }],
  AVERAGE_POOLING2D: [{ type: "AVERAGE_POOLING2D", poolSize: 3, strides: 2, padding: "SAME" }],
  "GLOBAL_AVERAGE_POOLING of an image": [{ type: "GLOBAL_AVERAGE_POOLING" }],
};

const made = (shape: Layer, width: number, sets: Record<string, Layer[]>): [string, Artefact][] =>
  Object.entries(sets).map(([name, layers]) => {
    // These leave one line of values already.
    const line = /LSTM|GRU|GLOBAL/.test(name);
    return [name, wideArtefact(width, [shape, ...layers, ...(line ? [] : [flat])])];
  });

const embedding: Layer = { type: "EMBEDDING", dimensions: 8 };
const block: Layer = { type: "TRANSFORMER_BLOCK", heads: 2, units: 9, activation: "RELU", dropout: 0.1 };
const average: Layer = { type: "GLOBAL_AVERAGE_POOLING" };

/** Networks over texts, by name. */
export const tokenised: [string, Artefact][] = [
  ["EMBEDDING and nothing else", tokenArtefact(6, [embedding, flat])],
  [
    "EMBEDDING and CONV1D",
    tokenArtefact(9, [
      embedding,
      { type: "CONV1D", ...convolved, batchNormalization: false },
      { type: "GLOBAL_MAX_POOLING" },
    ]),
  ],
  [
    "EMBEDDING and LSTM",
    tokenArtefact(7, [embedding, { type: "LSTM", units: 8, returnSequences: false, ...common }]),
  ],
  [
    "EMBEDDING and GRU",
    tokenArtefact(7, [embedding, { type: "GRU", units: 8, returnSequences: false, ...common }]),
  ],
];
/** The same with padding left out of a pooling, which is several layers of TF.js. */
export const pooledTokens: [string, Artefact][] = [
  ["EMBEDDING and GLOBAL_AVERAGE_POOLING", tokenArtefact(6, [embedding, average])],
  [
    "EMBEDDING, LSTM over all steps and GLOBAL_MAX_POOLING",
    tokenArtefact(6, [
      embedding,
      { type: "LSTM", units: 8, returnSequences: true, ...common },
      { type: "GLOBAL_MAX_POOLING" },
    ]),
  ],
];

const attentiveLayers: Layer[] = [
  embedding,
  { type: "POSITION_EMBEDDING" },
  block,
  block,
  { type: "LAYER_NORMALIZATION" },
  average,
];
/** One whose blocks are code of our own. */
export const attentiveTokens = tokenArtefact(11, attentiveLayers);
/** The same from before padding was left out. */
export const attentiveBefore = tokenArtefact(11, attentiveLayers, 1, true);
/** One that sees what the blocks make of padding too, where a causal step sees nothing but padding. */
export const attentivePadding = tokenArtefact(11, [embedding, block, { ...block, causal: true }, flat]);

/** Networks of every layer type but EMBEDDING, by name. */
export const layered: [string, Artefact][] = [
  ...made(steps, 48, sequences),
  ...made(image, 84, images),
  ["FLATTEN of what is one line already", wideArtefact(6, [flat, { type: "BATCH_NORMALIZATION" }, flat])],
];
/** Those that are code of our own in TF.js. */
export const customised = made(steps, 48, attentive);
