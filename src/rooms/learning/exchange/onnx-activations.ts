import type { Activation } from "../architecture/index.js";
import type { OnnxGraph } from "./onnx-graph.js";

const operator =
  (name: string) =>
  (graph: OnnxGraph, x: string): string =>
    graph.node(name, [x]);

/** x/2 · (1 + erf(x/√2)), from parts: the operator Gelu came with opset 20, which many runtimes do not read yet. */
function gelu(graph: OnnxGraph, x: string): string {
  const scaled = graph.node("Mul", [x, graph.constant(Math.SQRT1_2)]);
  const grown = graph.node("Add", [graph.node("Erf", [scaled]), graph.constant(1)]);
  return graph.node("Mul", [graph.node("Mul", [x, graph.constant(0.5)]), grown]);
}

/** The operators of each activation. ELU's and SELU's constants are ONNX's defaults, which are those of the papers. */
export const onnxActivations: Record<Activation, (graph: OnnxGraph, x: string) => string> = {
  RELU: operator("Relu"),
  TANH: operator("Tanh"),
  SIGMOID: operator("Sigmoid"),
  ELU: operator("Elu"),
  SELU: operator("Selu"),
  SOFTPLUS: operator("Softplus"),
  GELU: gelu,
  LINEAR: (_graph, x) => x,
  SQUARE: (graph, x) => graph.node("Mul", [x, x]),
};
