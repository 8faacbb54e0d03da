import { causalFault } from "./causal.js";
import type { Layer, LayerOf, LayerType } from "./layer.js";
import { architectureLimits } from "./limits.js";

/** How a network sees one row: its sides without the batch, and the vocabulary where values are token numbers. */
export interface InputShape {
  shape: number[];
  vocabulary?: number;
  /** The output answers every step, from that step and those before it: the network foretells the next token. */
  everyStep?: boolean;
  /** Token 0 is padding, which attention and global pooling leave out; see `maskedLayers`. */
  maskZero?: boolean;
}

/** The shape that a layer gives, or in a sentence why it can't. */
type Output = number[] | string;

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

const shown = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** A shape of `rank` sides called `sides`, or the sentence that says what to do. */
function needs(type: LayerType, sides: string, rank: number, shape: readonly number[]): string | null {
  if (shape.length === rank) return null;
  const advice = rank === 1 ? "Put a FLATTEN before it." : "Put a RESHAPE before it.";
  return `${type} needs ${sides}, but gets ${shown(shape)}. ${advice}`;
}

interface Windows {
  size: number;
  strides: number;
  padding: "SAME" | "VALID";
}

function slide(side: number, { size, strides, padding }: Windows): number {
  return padding === "SAME" ? Math.ceil(side / strides) : Math.floor((side - size) / strides) + 1;
}

function slid(type: LayerType, shape: readonly number[], windows: Windows, channels: number): Output {
  const rank = type.endsWith("1D") ? 2 : 3;
  const fault = needs(type, rank === 2 ? "steps × channels" : "rows × columns × channels", rank, shape);
  if (fault !== null) return fault;
  const sides = shape.slice(0, -1).map((side) => slide(side, windows));
  if (sides.every((side) => side >= 1)) return [...sides, channels];
  return `${type} has windows of ${windows.size}, larger than ${shown(shape)}. Use smaller windows or fewer layers before it.`;
}

const convolved = (layer: LayerOf<"CONV1D" | "CONV2D">, shape: readonly number[]): Output =>
  slid(layer.type, shape, { ...layer, size: layer.kernelSize }, layer.filters);

type Pooling = LayerOf<"MAX_POOLING1D" | "MAX_POOLING2D" | "AVERAGE_POOLING1D" | "AVERAGE_POOLING2D">;
const pooled = (layer: Pooling, shape: readonly number[]): Output =>
  slid(
    layer.type,
    shape,
    { size: layer.poolSize, strides: layer.strides ?? layer.poolSize, padding: layer.padding },
    shape.at(-1) ?? 1,
  );

const globally = (layer: Layer, shape: readonly number[]): Output =>
  shape.length >= 2
    ? shape.slice(-1)
    : `${layer.type} needs places × channels, but gets ${shown(shape)}. Leave it out.`;

function recurrent(layer: LayerOf<"LSTM" | "GRU">, shape: readonly number[]): Output {
  const fault = needs(layer.type, "steps × channels", 2, shape);
  if (fault !== null) return fault;
  const [steps = 0] = shape;
  const { recurrentSteps } = architectureLimits;
  if (steps > recurrentSteps)
    return `${layer.type} takes at most ${recurrentSteps} steps, but gets ${steps}. Put a pooling or a strided CONV1D before it.`;
  return layer.returnSequences ? [steps, layer.units] : [layer.units];
}

function transformed({ type, heads }: LayerOf<"TRANSFORMER_BLOCK">, shape: readonly number[]): Output {
  const fault = needs(type, "steps × channels", 2, shape);
  if (fault !== null) return fault;
  const channels = shape[1] ?? 0;
  if (channels % heads === 0) return [...shape];
  return `${type} divides the channels among its heads, but ${channels} channels can't be divided among ${heads}.`;
}

const reshaped = ({ shape: wanted }: LayerOf<"RESHAPE">, shape: readonly number[]): Output =>
  sizeOf(wanted) === sizeOf(shape)
    ? [...wanted]
    : `RESHAPE makes ${shown(wanted)} of ${sizeOf(wanted)} values, but gets ${shown(shape)} of ${sizeOf(shape)}.`;

const same = (_layer: Layer, shape: readonly number[]): Output => [...shape];

const outputs: { [Type in LayerType]: (layer: LayerOf<Type>, shape: readonly number[]) => Output } = {
  DENSE: ({ units }, shape) => [...shape.slice(0, -1), units],
  CONV1D: convolved,
  CONV2D: convolved,
  MAX_POOLING1D: pooled,
  MAX_POOLING2D: pooled,
  AVERAGE_POOLING1D: pooled,
  AVERAGE_POOLING2D: pooled,
  GLOBAL_AVERAGE_POOLING: globally,
  GLOBAL_MAX_POOLING: globally,
  EMBEDDING: ({ dimensions }, shape) => [...shape, dimensions],
  POSITION_EMBEDDING: ({ type }, shape) => needs(type, "steps × channels", 2, shape) ?? [...shape],
  LSTM: recurrent,
  GRU: recurrent,
  TRANSFORMER_BLOCK: transformed,
  DROPOUT: same,
  BATCH_NORMALIZATION: same,
  LAYER_NORMALIZATION: same,
  FLATTEN: (_layer, shape) => [sizeOf(shape)],
  RESHAPE: reshaped,
};

/** Token numbers have names, not amounts: the first layer must look them up, and no later one can. */
function tokenFault(layer: Layer, index: number, { vocabulary, shape }: InputShape): string | null {
  const looksUp = layer.type === "EMBEDDING";
  if (looksUp && (vocabulary === undefined || index > 0 || shape.length !== 1))
    return "EMBEDDING reads token numbers, so it can only be the first layer over tokens. Leave it out.";
  if (!looksUp && index === 0 && vocabulary !== undefined)
    return `${layer.type} can't read token numbers. Put an EMBEDDING before it.`;
  return null;
}

/** The shape of the layer's output for one row, or the sentence that says why there is none. */
export function outputOf(layer: Layer, index: number, shape: readonly number[], input: InputShape): Output {
  const infer = outputs[layer.type] as (layer: Layer, shape: readonly number[]) => Output;
  const causality = input.everyStep ? causalFault(layer) : null;
  return tokenFault(layer, index, input) ?? causality ?? infer(layer, shape);
}
