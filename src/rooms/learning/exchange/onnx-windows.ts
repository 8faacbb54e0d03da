import type { LayerOf, Padding } from "../architecture/index.js";
import { onnxActivations } from "./onnx-activations.js";
import type { OnnxGraph } from "./onnx-graph.js";
import { normalizedChannels, type OnnxPlace, weightOf, withoutPadding } from "./onnx-place.js";
import { permute } from "./permute.js";

/** ONNX slides over [batch, channels, places …]; ours are [batch, places …, channels]. */
const forth = (rank: number): number[] => [
  0,
  rank,
  ...Array.from({ length: rank - 1 }, (_, axis) => axis + 1),
];
const back = (rank: number): number[] => [0, ...Array.from({ length: rank - 1 }, (_, axis) => axis + 2), 1];

/** Puts the channels in front of the places for `work`, and back behind them. Runtimes take out what cancels out. */
function withChannelsFirst(graph: OnnxGraph, x: string, rank: number, work: (x: string) => string): string {
  const turned = graph.node("Transpose", [x], { perm: forth(rank) });
  return graph.node("Transpose", [work(turned)], { perm: back(rank) });
}

interface Windows {
  size: number;
  strides: number;
  padding: Padding;
}

/**
 * Sides of the windows, and the places added before and behind: TensorFlow's SAME puts the odd one at the end. Written
 * out, since onnxruntime takes SAME_UPPER with strides beyond the window for less than none.
 */
function windowsOf({ size, strides, padding }: Windows, shape: readonly number[]): Record<string, number[]> {
  const sides = shape.slice(0, -1);
  const added = sides.map((side) =>
    padding === "VALID" ? 0 : Math.max(0, (Math.ceil(side / strides) - 1) * strides + size - side),
  );
  return {
    kernel_shape: sides.map(() => size),
    strides: sides.map(() => strides),
    pads: [...added.map((places) => Math.floor(places / 2)), ...added.map((places) => Math.ceil(places / 2))],
  };
}

export function onnxConvolution(layer: LayerOf<"CONV1D" | "CONV2D">, place: OnnxPlace, x: string): string {
  const { graph, name, shape } = place;
  const { kernelSize, strides, padding, activation, batchNormalization } = layer;
  const kernel = weightOf(place, "kernel");
  const bias = weightOf(place, "bias");
  const places = shape.length - 1;
  // [places …, in, out] to [out, in, places …].
  const order = [places + 1, places, ...Array.from({ length: places }, (_, axis) => axis)];
  const dims = order.map((axis) => kernel.shape[axis] ?? 1);
  const attributes = windowsOf({ size: kernelSize, strides, padding }, shape);
  return withChannelsFirst(graph, x, shape.length, (turned) => {
    const sums = graph.node(
      "Conv",
      [
        turned,
        graph.weight(`${name}.kernel`, dims, permute(kernel.values, kernel.shape, order)),
        graph.weight(`${name}.bias`, bias.shape, bias.values),
      ],
      attributes,
    );
    return onnxActivations[activation](graph, batchNormalization ? normalizedChannels(place, sums) : sums);
  });
}

type Pooling = LayerOf<"MAX_POOLING1D" | "MAX_POOLING2D" | "AVERAGE_POOLING1D" | "AVERAGE_POOLING2D">;

/** The mean is over the places that are there, in ONNX as in TensorFlow. */
export function onnxPooling(layer: Pooling, { graph, shape }: OnnxPlace, x: string): string {
  const { type, poolSize, strides = poolSize, padding } = layer;
  const attributes = windowsOf({ size: poolSize, strides, padding }, shape);
  const operator = type.startsWith("MAX") ? "MaxPool" : "AveragePool";
  return withChannelsFirst(graph, x, shape.length, (turned) => graph.node(operator, [turned], attributes));
}

/** The mean of the steps that are no padding; zeros where there are none. */
function maskedMean(graph: OnnxGraph, x: string, real: string): string {
  const sum = (value: string): string =>
    graph.node("ReduceSum", [value, graph.integers([1])], { keepdims: 0 });
  const count = graph.node("Max", [sum(real), graph.constant(1)]);
  return graph.node("Div", [sum(graph.node("Mul", [x, real])), count]);
}

/** Over all places at once, or over those that are no padding. */
export const onnxGlobal =
  (operator: "ReduceMean" | "ReduceMax") =>
  (_layer: unknown, place: OnnxPlace, x: string): string => {
    const { graph, shape, padding } = place;
    const reduced = (value: string): string =>
      graph.node(operator, [value], { axes: shape.slice(1).map((_, axis) => axis + 1), keepdims: 0 });
    if (!padding) return reduced(x);
    if (operator === "ReduceMean") return maskedMean(graph, x, padding.real);
    return graph.node("Mul", [reduced(withoutPadding(graph, x, padding)), reduced(padding.real)]);
  };
