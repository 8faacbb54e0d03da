import type { Activation } from "../architecture.js";
import type { OnnxGraph } from "./onnx-graph.js";

const operator =
  (name: string) =>
  (graph: OnnxGraph, x: string): string =>
    graph.node(name, [x]);

/** x/2 · (1 + erf(x/√2)), from parts: the operator Gelu came with opset 20, which many runtimes do not read yet. */
function gelu(graph: OnnxGraph, x: string): string {
  const root = graph.constant(`${x}.root`, Math.SQRT1_2);
  const one = graph.constant(`${x}.one`, 1);
  const half = graph.constant(`${x}.half`, 0.5);
  const grown = graph.node("Add", [graph.node("Erf", [graph.node("Mul", [x, root])]), one]);
  return graph.node("Mul", [graph.node("Mul", [x, half]), grown]);
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
};
