import type { Layer, LayerOf, LayerType } from "../architecture/index.js";
import { onnxActivations } from "./onnx-activations.js";
import {
  declared,
  linear,
  normalizedChannels,
  normalizedLast,
  normalizedRows,
  type OnnxPlace,
} from "./onnx-place.js";
import { onnxEmbedding, onnxRecurrent, onnxTransformer } from "./onnx-sequences.js";
import { onnxConvolution, onnxGlobal, onnxPooling } from "./onnx-windows.js";

type Mapper<Type extends LayerType> = (layer: LayerOf<Type>, place: OnnxPlace, x: string) => string;

const normalized = (_layer: unknown, place: OnnxPlace, x: string): string =>
  place.shape.length === 1 ? normalizedChannels(place, x) : normalizedLast(place, x);

function dense(layer: LayerOf<"DENSE">, place: OnnxPlace, x: string): string {
  const sums = linear(place, x, place.shape.length);
  return onnxActivations[layer.activation](
    place.graph,
    layer.batchNormalization ? normalized(layer, place, sums) : sums,
  );
}

const mappers: { [Type in LayerType]: Mapper<Type> } = {
  DENSE: dense,
  CONV1D: onnxConvolution,
  CONV2D: onnxConvolution,
  MAX_POOLING1D: onnxPooling,
  MAX_POOLING2D: onnxPooling,
  AVERAGE_POOLING1D: onnxPooling,
  AVERAGE_POOLING2D: onnxPooling,
  GLOBAL_AVERAGE_POOLING: onnxGlobal("ReduceMean"),
  GLOBAL_MAX_POOLING: onnxGlobal("ReduceMax"),
  EMBEDDING: onnxEmbedding,
  POSITION_EMBEDDING: (_layer, place, x) => place.graph.node("Add", [x, declared(place, "embeddings")]),
  LSTM: onnxRecurrent,
  GRU: onnxRecurrent,
  TRANSFORMER_BLOCK: onnxTransformer,
  // Silent once the network is trained.
  DROPOUT: (_layer, _place, x) => x,
  BATCH_NORMALIZATION: normalized,
  LAYER_NORMALIZATION: (_layer, place, x) => normalizedRows(place, x),
  FLATTEN: (_layer, { graph }, x) => graph.node("Flatten", [x], { axis: 1 }),
  // 0 stands for the batch as it comes.
  RESHAPE: ({ shape }, { graph }, x) => graph.node("Reshape", [x, graph.integers([0, ...shape])]),
};

/** Writes a layer behind the value `x`; answers the name of what it gives. */
export const onnxLayer = (layer: Layer, place: OnnxPlace, x: string): string =>
  (mappers[layer.type] as Mapper<LayerType>)(layer, place, x);
