import type { LayerOf } from "../architecture/index.js";
import { onnxActivations } from "./onnx-activations.js";
import { declared, linear, normalizedRows, type OnnxPlace, weightOf } from "./onnx-place.js";
import { permute } from "./permute.js";

/**
 * Ours: input, forget, candidate, output; update, reset, candidate. ONNX: input, output, forget, candidate; update,
 * reset, candidate. Each number is the place in ours.
 */
const gateOrders = { LSTM: [0, 3, 1, 2], GRU: [0, 1, 2] };

/** [in, gates × units] to [1, gates × units, in], with the gates in ONNX's order. */
function gates({ values, shape }: { values: Float32Array; shape: number[] }, order: number[]): Float32Array {
  const turned = permute(values, shape, [1, 0]);
  const size = turned.length / order.length;
  const result = new Float32Array(turned.length);
  order.forEach((gate, at) => result.set(turned.subarray(gate * size, (gate + 1) * size), at * size));
  return result;
}

export function onnxRecurrent(layer: LayerOf<"LSTM" | "GRU">, place: OnnxPlace, x: string): string {
  const { graph, name, shape } = place;
  const { type, units, returnSequences } = layer;
  const order = gateOrders[type];
  const rows = order.length * units;
  const [kernel, state, bias] = ["kernel", "recurrentKernel", "bias"].map((part) => weightOf(place, part));
  if (!kernel || !state || !bias) return x;
  // ONNX has a second bias, for the state; ours is one.
  const biases = new Float32Array(2 * rows);
  biases.set(gates({ values: bias.values, shape: [1, rows] }, order));
  const inputs = [
    graph.node("Transpose", [x], { perm: [1, 0, 2] }),
    graph.weight(`${name}.kernel`, [1, rows, shape[1] ?? 1], gates(kernel, order)),
    graph.weight(`${name}.recurrentKernel`, [1, rows, units], gates(state, order)),
    graph.weight(`${name}.bias`, [1, 2 * rows], biases),
  ];
  // The first output is the state of every step, [steps, 1, batch, units]; the second that of the last, [1, batch, units].
  const states = graph.node(type, inputs, { hidden_size: units }, returnSequences ? 0 : 1);
  if (!returnSequences) return graph.node("Squeeze", [states, graph.integers([0])]);
  return graph.node("Transpose", [graph.node("Squeeze", [states, graph.integers([1])])], { perm: [1, 0, 2] });
}

/** Token numbers come as floats, as all input does. */
export function onnxEmbedding(_layer: unknown, place: OnnxPlace, x: string): string {
  const int64 = 7;
  const tokens = place.graph.node("Cast", [x], { to: int64 });
  return place.graph.node("Gather", [declared(place, "embeddings"), tokens]);
}

/** Softmax(QKᵀ / √width) V in each head; see network/attention.ts. */
function attention(place: OnnxPlace, x: string, heads: number, causal: boolean): string {
  const { graph, shape, padding } = place;
  const [steps = 1, channels = 1] = shape;
  const width = channels / heads;
  const divided = (name: string, perm: number[]): string => {
    const mapped = linear(place, x, 2, `${name}.`);
    // Where there is nothing but padding to see, nothing is seen.
    const kept = padding && name === "value" ? graph.node("Mul", [mapped, padding.real]) : mapped;
    const parts = graph.node("Reshape", [kept, graph.integers([0, steps, heads, width])]);
    return graph.node("Transpose", [parts], { perm });
  };
  const query = graph.node("Mul", [divided("query", [0, 2, 1, 3]), graph.constant(1 / Math.sqrt(width))]);
  const all = graph.node("MatMul", [query, divided("key", [0, 2, 3, 1])]);
  const seen = causal ? graph.node("Add", [all, notYet(place, steps)]) : all;
  const scores = padding ? graph.node("Add", [seen, padding.keys]) : seen;
  const mixed = graph.node("MatMul", [
    graph.node("Softmax", [scores], { axis: -1 }),
    divided("value", [0, 2, 1, 3]),
  ]);
  const joined = graph.node("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  return linear(
    place,
    graph.node("Reshape", [joined, graph.integers([0, steps, channels])]),
    2,
    "attention.",
  );
}

/** Added to the scores of steps to come, so that the softmax leaves nothing of them. */
function notYet({ graph, name }: OnnxPlace, steps: number): string {
  const values = Float32Array.from({ length: steps * steps }, (_, at) =>
    at % steps > Math.floor(at / steps) ? -1e9 : 0,
  );
  return graph.weight(`${name}.notYet`, [steps, steps], values);
}

export function onnxTransformer(layer: LayerOf<"TRANSFORMER_BLOCK">, place: OnnxPlace, x: string): string {
  const { graph } = place;
  const rows = normalizedRows(place, x, "attention.");
  const seen = graph.node("Add", [x, attention(place, rows, layer.heads, layer.causal === true)]);
  const hidden = linear(place, normalizedRows(place, seen, "feedForward."), 2, "feedForward.");
  const projected = linear(place, onnxActivations[layer.activation](graph, hidden), 2, "projection.");
  return graph.node("Add", [seen, projected]);
}
