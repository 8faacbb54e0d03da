import { maskedLayers, outline } from "../architecture/index.js";
import type { Artefact } from "../artefact.js";
import { namedWeights, networkSides } from "./described.js";
import { OnnxGraph } from "./onnx-graph.js";
import { onnxLayer } from "./onnx-layers.js";
import { linear, paddingOf } from "./onnx-place.js";

/** Names of the model's one input and output. */
export const onnxNames = { input: "features", output: "scores" };

/**
 * The network as an ONNX model (IR 7, opset 13): `features`, float32 [rows, sides of a row …], to `scores`, float32
 * [rows, outputs]: class scores before the softmax, or the standardised number. Of a text generation, token numbers
 * [rows, context] to [rows, context, vocabulary]: each place's scores are those of the token that follows it.
 * `metadata` is kept in `metadata_props`.
 */
export function encodeOnnx(artefact: Artefact, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const { architecture } = artefact;
  const { input, outputs } = networkSides(artefact);
  const outlines = outline(architecture, input, outputs).layers;
  const graph = new OnnxGraph({ name: onnxNames.input, shape: input.shape });
  const weights = namedWeights(artefact);
  const masked = maskedLayers(architecture, input);
  const padding = masked.includes(true) && { padding: paddingOf(graph, onnxNames.input) };
  let x = onnxNames.input;
  let { shape } = input;
  architecture.layers.forEach((layer, index) => {
    const place = { graph, shape, name: String(index), weights, ...(masked[index] && padding) };
    x = onnxLayer(layer, place, x);
    shape = outlines[index]?.shape ?? shape;
  });
  const value = linear({ graph, shape, name: "output", weights }, x, shape.length);
  const output = { value, name: onnxNames.output, width: outputs, places: shape.slice(0, -1) };
  return graph.encode(output, metadata);
}
