import {
  type Architecture,
  type InputShape,
  parseArchitecture,
} from "../../../../src/rooms/learning/architecture/index.js";

/** A network and what it reads. */
export interface Sample {
  input: InputShape;
  architecture: Architecture;
}

const sample = (input: InputShape, ...layers: object[]): Sample => ({
  input,
  architecture: parseArchitecture({ layers }),
});

/** Small networks that have every type of layer between them, each with its settings used. */
export const samples: Record<string, Sample> = {
  "dense over the last of several axes": sample(
    { shape: [4, 3] },
    { type: "DENSE", units: 5, activation: "TANH", dropout: 0.2, l2: 0.01, batchNormalization: true },
    { type: "FLATTEN" },
  ),
  "one line, which FLATTEN leaves as it is": sample(
    { shape: [6] },
    { type: "FLATTEN" },
    { type: "DENSE", units: 5 },
    { type: "FLATTEN" },
  ),
  "convolution over steps": sample(
    { shape: [12] },
    { type: "RESHAPE", shape: [12, 1] },
    { type: "CONV1D", filters: 4, kernelSize: 3, batchNormalization: true, dropout: 0.1, l2: 0.01 },
    { type: "MAX_POOLING1D" },
    { type: "CONV1D", filters: 3, kernelSize: 2, strides: 2, padding: "VALID", activation: "ELU" },
    { type: "AVERAGE_POOLING1D", poolSize: 2, strides: 1, padding: "SAME" },
    { type: "GLOBAL_MAX_POOLING" },
  ),
  "convolution over an image": sample(
    { shape: [8, 6, 2] },
    { type: "CONV2D", filters: 4, kernelSize: 3, activation: "LINEAR" },
    { type: "MAX_POOLING2D" },
    { type: "BATCH_NORMALIZATION" },
    { type: "CONV2D", filters: 3, kernelSize: 2, padding: "VALID" },
    { type: "AVERAGE_POOLING2D", poolSize: 2, strides: 1 },
    { type: "GLOBAL_AVERAGE_POOLING" },
    { type: "DENSE", units: 4 },
  ),
  "values in one line flattened again": sample(
    { shape: [4] },
    { type: "FLATTEN" },
    { type: "DENSE", units: 5 },
    { type: "FLATTEN" },
  ),
  "GRU of few units over a single step": sample(
    { shape: [6] },
    { type: "DENSE", units: 4 },
    { type: "RESHAPE", shape: [1, 4] },
    { type: "GRU", units: 3 },
  ),
  "two LSTM over tokens": sample(
    { shape: [6], vocabulary: 9 },
    { type: "EMBEDDING", dimensions: 4 },
    { type: "LSTM", units: 8, returnSequences: true, dropout: 0.2 },
    { type: "LSTM", units: 3, l2: 0.01 },
  ),
  "two GRU over steps": sample(
    { shape: [5, 2] },
    { type: "GRU", units: 4, returnSequences: true, dropout: 0.2 },
    { type: "GRU", units: 3 },
  ),
  "transformer over tokens": sample(
    { shape: [6], vocabulary: 9 },
    { type: "EMBEDDING", dimensions: 8 },
    { type: "POSITION_EMBEDDING" },
    { type: "DROPOUT", dropout: 0.1 },
    { type: "TRANSFORMER_BLOCK", heads: 2, units: 12, activation: "GELU", dropout: 0.2 },
    { type: "TRANSFORMER_BLOCK", heads: 4, units: 6 },
    { type: "LAYER_NORMALIZATION" },
    { type: "GLOBAL_AVERAGE_POOLING" },
  ),
  "causal transformer over tokens": sample(
    { shape: [6], vocabulary: 9 },
    { type: "EMBEDDING", dimensions: 8 },
    { type: "TRANSFORMER_BLOCK", heads: 2, units: 12, causal: true },
    { type: "TRANSFORMER_BLOCK", heads: 4, units: 6, causal: true },
    { type: "GLOBAL_AVERAGE_POOLING" },
  ),
};
