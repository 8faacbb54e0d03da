import type { Artefact } from "../artefact.js";
import type { DenseLayer } from "../architecture.js";
import { normalizationEpsilon } from "../weights.js";
import { namedWeights, networkWidths, type NamedWeights } from "./described.js";
import { onnxActivations } from "./onnx-activations.js";
import { OnnxGraph } from "./onnx-graph.js";

/** Names of the model's one input and output. */
export const onnxNames = { input: "features", output: "scores" };

/** Gemm takes kernel and bias as they are stored; runtimes fold a normalisation behind it into them. */
function addDense(graph: OnnxGraph, x: string, name: string, weights: NamedWeights): string {
  const [kernel, bias] = ["kernel", "bias"].map((part) => addWeight(graph, `${name}.${part}`, weights));
  return graph.node("Gemm", [x, kernel ?? "", bias ?? ""]);
}

function addWeight(graph: OnnxGraph, name: string, weights: NamedWeights): string {
  const { shape, values } = weights(name);
  return graph.weight(name, shape, values);
}

function addNormalization(graph: OnnxGraph, x: string, name: string, weights: NamedWeights): string {
  const parts = ["gamma", "beta", "mean", "variance"].map((part) =>
    addWeight(graph, `${name}.${part}`, weights),
  );
  return graph.node("BatchNormalization", [x, ...parts], { epsilon: normalizationEpsilon });
}

function addHidden(
  graph: OnnxGraph,
  x: string,
  name: string,
  layer: DenseLayer,
  weights: NamedWeights,
): string {
  const sums = addDense(graph, x, name, weights);
  const scaled = layer.batchNormalization ? addNormalization(graph, sums, name, weights) : sums;
  return onnxActivations[layer.activation](graph, scaled);
}

/**
 * The network as an ONNX model (IR 7, opset 13): `features`, float32 [rows, width], to `scores`, float32 [rows,
 * outputs]: class scores before the softmax, or the standardised number. `metadata` is kept in `metadata_props`.
 */
export function encodeOnnx(artefact: Artefact, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const { inputs, outputs } = networkWidths(artefact);
  const weights = namedWeights(artefact);
  const graph = new OnnxGraph({ name: onnxNames.input, width: inputs });
  let x = onnxNames.input;
  artefact.architecture.layers.forEach((layer, index) => {
    x = addHidden(graph, x, String(index), layer, weights);
  });
  const value = addDense(graph, x, "output", weights);
  return graph.encode({ value, name: onnxNames.output, width: outputs }, metadata);
}
