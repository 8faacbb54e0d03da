import { z } from "zod";
import { activations, l2Factor, type Layer, share } from "./layer.js";
import { architectureLimits as limits } from "./limits.js";
import type { InputShape } from "./outputs.js";
import {
  asImage,
  asSequence,
  convolutions,
  denseLayer,
  type InputKind,
  inputKindOf,
} from "./preset-layers.js";
import { treesOver, treesSchema } from "./tree-layers.js";

const depth = (most: number, preset: number, what: string) =>
  z.int().min(1).max(most).default(preset).describe(`How many ${what} follow each other.`);
const units = (most: number, preset: number, what: string) =>
  z.int().min(1).max(most).default(preset).describe(what);
const dropout = (preset: number) =>
  share.default(preset).describe("Share of the values silenced while training, against learning by heart.");
const l2 = (preset: number) =>
  l2Factor.default(preset).describe("Factor of the squared weights added to the loss.");
const batchNormalization = z
  .boolean()
  .default(false)
  .describe("Normalises the sums of each layer over the batch.");
const dimensions = (preset: number, what: string) =>
  z.int().min(1).max(limits.dimensions).default(preset).describe(what);
const perToken = "Values that stand for one token, where the input is text.";

/** Parameters of each named architecture with bounds and defaults. */
export const presetSchemas = {
  DENSE: z.strictObject({
    depth: depth(8, 2, "layers"),
    units: units(limits.units, 64, "Width of each layer."),
    activation: z.enum(activations).default("RELU").describe("What the sums pass through."),
    dropout: dropout(0.1),
    l2: l2(0.0003),
    batchNormalization,
    dimensions: dimensions(32, perToken),
  }),
  CNN_1D: z.strictObject({
    depth: depth(6, 2, "convolutions"),
    filters: units(
      512,
      32,
      "Kernels of the first convolution; each further one has twice as many, at most 512.",
    ),
    kernelSize: units(limits.kernelSize, 3, "Steps that a kernel sees at once."),
    units: units(limits.units, 64, "Width of the dense layer after the convolutions."),
    dropout: dropout(0.2),
    l2: l2(0),
    batchNormalization,
    dimensions: dimensions(32, perToken),
  }),
  CNN_2D: z.strictObject({
    depth: depth(6, 2, "convolutions"),
    filters: units(
      512,
      32,
      "Kernels of the first convolution; each further one has twice as many, at most 512.",
    ),
    kernelSize: units(limits.kernelSize, 3, "Rows and columns that a kernel sees at once."),
    units: units(limits.units, 128, "Width of the dense layer after the convolutions."),
    dropout: dropout(0.4),
    l2: l2(0),
    batchNormalization,
  }),
  LSTM: recurrentSchema(),
  GRU: recurrentSchema(),
  TRANSFORMER: z.strictObject({
    depth: depth(6, 2, "blocks"),
    heads: units(limits.heads, 4, "Attention heads; the dimensions are divided among them."),
    dimensions: dimensions(64, "Values that stand for one step; a multiple of the heads."),
    units: units(limits.units, 128, "Width of the feed-forward part of each block."),
    dropout: dropout(0.1),
  }),
  GRADIENT_BOOSTED_TREES: treesSchema,
} as const;

function recurrentSchema() {
  return z.strictObject({
    depth: depth(3, 1, "layers"),
    units: units(limits.recurrentUnits, 64, "Width of the state."),
    dropout: dropout(0.2),
    l2: l2(0),
    dimensions: dimensions(32, perToken),
  });
}

type RecurrentParameters = z.infer<ReturnType<typeof recurrentSchema>>;
export type NamedPreset = keyof typeof presetSchemas;
export type PresetParameters<Name extends NamedPreset> = z.infer<(typeof presetSchemas)[Name]>;

/** The layers for an input, or why there are none. */
type Layers<Name extends NamedPreset> = (
  parameters: PresetParameters<Name>,
  input: InputShape,
) => Layer[] | PresetFault;
interface PresetFault {
  /** The parameter at fault; without one it is the preset itself. */
  parameter?: string;
  message: string;
}

const dropped = (dropout: number): Layer[] => (dropout > 0 ? [{ type: "DROPOUT", dropout }] : []);
const isTokens = (input: InputShape): boolean => inputKindOf(input) === "TOKENS";

const dense: Layers<"DENSE"> = ({ depth: count, dimensions: width, ...layer }, input) => {
  const hidden = Array.from({ length: count }, (): Layer => ({ type: "DENSE", ...layer }));
  if (isTokens(input))
    return [{ type: "EMBEDDING", dimensions: width }, { type: "GLOBAL_AVERAGE_POOLING" }, ...hidden];
  return input.shape.length > 1 ? [{ type: "FLATTEN" }, ...hidden] : hidden;
};

const cnn1d: Layers<"CNN_1D"> = (parameters, input) => [
  ...asSequence(input, parameters.dimensions),
  ...convolutions(1, input.shape.slice(0, 1), parameters),
  // A word counts wherever it stands in a text; what a column means depends on its place.
  { type: isTokens(input) ? "GLOBAL_MAX_POOLING" : "FLATTEN" },
  denseLayer(parameters.units, "RELU", { dropout: parameters.dropout, l2: parameters.l2 }),
];

const cnn2d: Layers<"CNN_2D"> = (parameters, input) => {
  const begin = asImage(input);
  if (typeof begin === "string") return { message: begin };
  const sides = begin[0]?.type === "RESHAPE" ? begin[0].shape : input.shape;
  return [
    ...begin,
    ...convolutions(2, sides.slice(0, 2), parameters),
    { type: "FLATTEN" },
    denseLayer(parameters.units, "RELU", { dropout: parameters.dropout, l2: parameters.l2 }),
  ];
};

const recurrent =
  (type: "LSTM" | "GRU") =>
  ({ depth: count, dimensions: width, ...layer }: RecurrentParameters, input: InputShape): Layer[] => [
    ...asSequence(input, width),
    ...Array.from({ length: count }, (_, index): Layer => {
      return { type, ...layer, returnSequences: input.everyStep === true || index < count - 1 };
    }),
  ];

const transformer: Layers<"TRANSFORMER"> = (parameters, input) => {
  const { depth: count, heads, dimensions: width, units: feedForward, dropout: silenced } = parameters;
  if (width % heads !== 0) {
    const message = `The ${width} dimensions can't be divided among ${heads} heads. Choose a multiple of ${heads}.`;
    return { parameter: "dimensions", message };
  }
  const block: Layer = {
    type: "TRANSFORMER_BLOCK",
    heads,
    units: feedForward,
    activation: "RELU",
    dropout: silenced,
    ...(input.everyStep && { causal: true }),
  };
  return [
    ...asSequence(input, width),
    ...(isTokens(input) ? [] : [denseLayer(width, "LINEAR")]),
    { type: "POSITION_EMBEDDING" },
    ...dropped(silenced),
    ...Array.from({ length: count }, () => block),
    { type: "LAYER_NORMALIZATION" },
    ...(input.everyStep ? [] : [{ type: "GLOBAL_AVERAGE_POOLING" } as const]),
  ];
};

export interface PresetFacts<Name extends NamedPreset> {
  name: string;
  description: string;
  suits: readonly InputKind[];
  layers: Layers<Name>;
}

const sequences = ["TABLE", "TOKENS", "SEQUENCE"] as const;
export const presets: { [Name in NamedPreset]: PresetFacts<Name> } = {
  DENSE: {
    name: "Dense network",
    description: "Layers in which every value sees every other: the first choice for tables.",
    suits: ["TABLE", "TOKENS", "SEQUENCE", "IMAGE"],
    layers: dense,
  },
  CNN_1D: {
    name: "Convolutional network over a sequence",
    description:
      "Finds short patterns wherever they stand: signals, series, texts, columns that are neighbours.",
    suits: sequences,
    layers: cnn1d,
  },
  CNN_2D: {
    name: "Convolutional network over an image",
    description: "Finds shapes in rows and columns of points; a table serves where its width is a square.",
    suits: ["TABLE", "IMAGE"],
    layers: cnn2d,
  },
  LSTM: {
    name: "Long short-term memory",
    description: "Reads a sequence step by step and remembers over long distances.",
    suits: sequences,
    layers: recurrent("LSTM"),
  },
  GRU: {
    name: "Gated recurrent unit",
    description: "As LSTM with fewer weights, so it learns from less data.",
    suits: sequences,
    layers: recurrent("GRU"),
  },
  TRANSFORMER: {
    name: "Transformer",
    description: "Every step attends to every other, in several heads at once, with learnt positions.",
    suits: sequences,
    layers: transformer,
  },
  GRADIENT_BOOSTED_TREES: {
    name: "Gradient-boosted trees",
    description:
      "Trees of questions, each mending what those before it leave: for tables of numbers and categories, of few rows too.",
    suits: ["TABLE"],
    layers: treesOver,
  },
};
