import { normalizationEpsilon } from "../network/index.js";
import type { NamedWeight, NamedWeights } from "./described.js";
import type { OnnxGraph } from "./onnx-graph.js";

/** Where a layer is written: the graph so far, the shape of one row that comes in, and its weights. */
export interface OnnxPlace {
  graph: OnnxGraph;
  /** Of the layer's input for one row. */
  shape: readonly number[];
  /** Prefix of the layer's weights, e.g. `3`. */
  name: string;
  weights: NamedWeights;
  /** Of a layer that leaves out padding. */
  padding?: OnnxPadding;
}

export const weightOf = ({ name, weights }: OnnxPlace, part: string): NamedWeight =>
  weights(`${name}.${part}`);

/** Declares one of the layer's weights as it is stored. */
export function declared(place: OnnxPlace, part: string): string {
  const { shape, values } = weightOf(place, part);
  return place.graph.weight(`${place.name}.${part}`, shape, values);
}

/** What tells padding from tokens, for all layers of a network that leave it out. */
export interface OnnxPadding {
  /** [rows, steps, 1]: 1 where a step stands for a token, 0 where it is padding. */
  real: string;
  /** [rows, 1, 1, steps], to be added to scores of steps as keys: 0, and far below them where a step is padding. */
  keys: string;
}

/**
 * Far below all other values, but above what attention adds for steps to come: so a causal step before all words shares
 * itself out among padding alone.
 */
const farBelow = 1e8;
const lowered = (graph: OnnxGraph, mask: string): string =>
  graph.node("Mul", [graph.node("Sub", [mask, graph.constant(1)]), graph.constant(farBelow)]);

/** @param tokens float32 [rows, steps]; 0 is padding */
export function paddingOf(graph: OnnxGraph, tokens: string): OnnxPadding {
  const mask = graph.node("Min", [tokens, graph.constant(1)]);
  return {
    real: graph.node("Unsqueeze", [mask, graph.integers([2])]),
    keys: graph.node("Unsqueeze", [lowered(graph, mask), graph.integers([1, 2])]),
  };
}

/** Steps [rows, steps, channels] with those of padding far below all others. */
export const withoutPadding = (graph: OnnxGraph, x: string, { real }: OnnxPadding): string =>
  graph.node("Add", [x, lowered(graph, real)]);

/** x · kernel + bias along the last axis; for rows without other axes in one operator. */
export function linear(place: OnnxPlace, x: string, rank: number, prefix = ""): string {
  const { graph } = place;
  const [kernel, bias] = [declared(place, `${prefix}kernel`), declared(place, `${prefix}bias`)];
  if (rank === 1) return graph.node("Gemm", [x, kernel, bias]);
  return graph.node("Add", [graph.node("MatMul", [x, kernel]), bias]);
}

/** Batch normalisation with the channels on axis 1, where runtimes fold it into the sums before it. */
export function normalizedChannels(place: OnnxPlace, x: string): string {
  const parts = ["gamma", "beta", "mean", "variance"].map((part) => declared(place, part));
  return place.graph.node("BatchNormalization", [x, ...parts], { epsilon: { float: normalizationEpsilon } });
}

/** Batch normalisation with the channels on the last axis, as one scaling and one shift. */
export function normalizedLast(place: OnnxPlace, x: string): string {
  const [gamma, beta, mean, variance] = ["gamma", "beta", "mean", "variance"].map(
    (part) => weightOf(place, part).values,
  );
  const scale = Float32Array.from(
    gamma ?? [],
    (value, at) => value / Math.sqrt((variance?.[at] ?? 0) + normalizationEpsilon),
  );
  const shift = scale.map((value, at) => (beta?.[at] ?? 0) - (mean?.[at] ?? 0) * value);
  const { graph, name } = place;
  const scaled = graph.node("Mul", [x, graph.weight(`${name}.scale`, [scale.length], scale)]);
  return graph.node("Add", [scaled, graph.weight(`${name}.shift`, [shift.length], shift)]);
}

/** Layer normalisation over the last axis, from parts: its operator came with opset 17. */
export function normalizedRows(place: OnnxPlace, x: string, prefix = ""): string {
  const { graph } = place;
  const mean = (value: string) => graph.node("ReduceMean", [value], { axes: [-1], keepdims: 1 });
  const centred = graph.node("Sub", [x, mean(x)]);
  const variance = mean(graph.node("Mul", [centred, centred]));
  const deviation = graph.node("Sqrt", [graph.node("Add", [variance, graph.constant(normalizationEpsilon)])]);
  const scaled = graph.node("Mul", [
    graph.node("Div", [centred, deviation]),
    declared(place, `${prefix}gamma`),
  ]);
  return graph.node("Add", [scaled, declared(place, `${prefix}beta`)]);
}
