import type { Activation, Layer } from "./layer.js";
import { type InputShape, sizeOf } from "./outputs.js";

/* The bricks that the presets are built from. */

export const denseLayer = (
  units: number,
  activation: Activation,
  more: { dropout?: number; l2?: number } = {},
): Layer => ({
  type: "DENSE",
  units,
  activation,
  dropout: 0,
  l2: 0,
  batchNormalization: false,
  ...more,
});

/** What an input is, as far as an architecture can tell. */
export const inputKinds = ["TABLE", "TOKENS", "SEQUENCE", "IMAGE"] as const;
export type InputKind = (typeof inputKinds)[number];

const kindsByRank: InputKind[] = ["TABLE", "TABLE", "SEQUENCE", "IMAGE"];
export const inputKindOf = ({ shape, vocabulary }: InputShape): InputKind =>
  vocabulary === undefined ? (kindsByRank[shape.length] ?? "IMAGE") : "TOKENS";

/** Turns any input into steps × channels: tokens are embedded, columns become steps, rows of an image as well. */
export function asSequence(input: InputShape, dimensions: number): Layer[] {
  const [first = 1] = input.shape;
  const kind = inputKindOf(input);
  if (kind === "TOKENS") return [{ type: "EMBEDDING", dimensions }];
  if (kind === "SEQUENCE") return [];
  return [{ type: "RESHAPE", shape: [first, sizeOf(input.shape) / first] }];
}

/** Turns an input into rows × columns × channels, or says why it can't. */
export function asImage(input: InputShape): Layer[] | string {
  const kind = inputKindOf(input);
  const [width = 1] = input.shape;
  if (kind === "IMAGE") return [];
  const side = Math.round(Math.sqrt(width));
  if (kind === "TABLE" && side * side === width) return [{ type: "RESHAPE", shape: [side, side, 1] }];
  return kind === "TABLE"
    ? `CNN_2D needs an image or a square number of inputs, such as 64, but gets ${width}. Choose CNN_1D or DENSE.`
    : "CNN_2D needs an image, but gets a sequence. Choose CNN_1D, LSTM, GRU or TRANSFORMER.";
}

interface Convolutions {
  filters: number;
  kernelSize: number;
  depth: number;
  batchNormalization: boolean;
  l2: number;
}

/** Convolutions with twice the filters each time, each followed by a pooling while there is anything to pool. */
export function convolutions(rank: 1 | 2, sides: readonly number[], options: Convolutions): Layer[] {
  const { filters, kernelSize, depth, batchNormalization, l2 } = options;
  const sums = { kernelSize, strides: 1, padding: "SAME", activation: "RELU", dropout: 0 } as const;
  let least = Math.min(...sides);
  return Array.from({ length: depth }, (_, index): Layer[] => {
    const kernels = { ...sums, filters: Math.min(512, filters * 2 ** index), batchNormalization, l2 };
    const convolution: Layer = { type: rank === 1 ? "CONV1D" : "CONV2D", ...kernels };
    if (least < 4) return [convolution];
    least = Math.floor(least / 2);
    return [
      convolution,
      { type: rank === 1 ? "MAX_POOLING1D" : "MAX_POOLING2D", poolSize: 2, padding: "VALID" },
    ];
  }).flat();
}
