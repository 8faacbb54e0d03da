import {
  cast,
  getBackend,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  sum,
  type Tensor,
  tensor,
  tidy,
  train,
} from "@tensorflow/tfjs-core";
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from "@tensorflow/tfjs-layers";
import { adam, fuseLayers, softmaxCrossEntropy } from "../../../src/rooms/learning/compute/index.js";
import { Attention, Positions } from "./attention.js";

export const batch = 32;
export const sequence = 50;
export const vocabulary = 5_000;
const classes = 10;
const rate = 0.001;

/** A network of the benchmark with one batch for it. */
export interface Shape {
  readonly inputShape: readonly number[];
  /** Inputs are token numbers below this; else numbers from 0 to 1. */
  readonly tokens?: number;
  build(): LayersModel;
}

/** Scores, not probabilities, as our trainings have it. */
const head = () => layers.dense({ units: classes });

const window = { kernelSize: 3, padding: "same", activation: "relu" } as const;

const recurrent = (kind: typeof layers.lstm | typeof layers.gru) => (): LayersModel =>
  sequential({
    layers: [
      layers.embedding({ inputDim: vocabulary, outputDim: 64, inputLength: sequence }),
      kind({ units: 64, recurrentActivation: "sigmoid", recurrentInitializer: "glorotUniform" }),
      head(),
    ],
  });

function transformer(): LayersModel {
  const through = (layer: layers.Layer, ...from: SymbolicTensor[]): SymbolicTensor => {
    const [first] = from;
    return layer.apply(from.length === 1 && first ? first : from) as SymbolicTensor;
  };
  const tokens = input({ shape: [sequence] });
  const embedded = through(layers.embedding({ inputDim: vocabulary, outputDim: 64 }), tokens);
  const placed = through(new Positions({}), embedded);
  const mixed = through(layers.add(), placed, through(new Attention({}), placed));
  const first = through(layers.layerNormalization(), mixed);
  const wide = through(layers.dense({ units: 256, activation: "relu" }), first);
  const added = through(layers.add(), first, through(layers.dense({ units: 64 }), wide));
  const second = through(layers.layerNormalization(), added);
  const pooled = through(layers.globalAveragePooling1d({}), second);
  return model({ inputs: tokens, outputs: through(head(), pooled) });
}

export const shapes: Readonly<Record<string, Shape>> = {
  mlp: {
    inputShape: [64],
    build: () =>
      sequential({
        layers: [
          layers.dense({ units: 128, activation: "relu", inputShape: [64] }),
          layers.dense({ units: 64, activation: "relu" }),
          head(),
        ],
      }),
  },
  lstm: { inputShape: [sequence], tokens: vocabulary, build: recurrent(layers.lstm) },
  gru: { inputShape: [sequence], tokens: vocabulary, build: recurrent(layers.gru) },
  conv1d: {
    inputShape: [sequence],
    tokens: vocabulary,
    build: () =>
      sequential({
        layers: [
          layers.embedding({ inputDim: vocabulary, outputDim: 64, inputLength: sequence }),
          layers.conv1d({ filters: 128, kernelSize: 5, padding: "same", activation: "relu" }),
          layers.globalMaxPooling1d({}),
          head(),
        ],
      }),
  },
  cnn: {
    inputShape: [28, 28, 1],
    build: () =>
      sequential({
        layers: [
          layers.conv2d({ ...window, filters: 32, inputShape: [28, 28, 1] }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ ...window, filters: 64 }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: 64, activation: "relu" }),
          head(),
        ],
      }),
  },
  transformer: { inputShape: [sequence], tokens: vocabulary, build: transformer },
};

/** One batch, the same each time. */
export function batchOf({ inputShape, tokens }: Shape): { x: Tensor; y: Tensor } {
  const size = inputShape.reduce((product, side) => product * side, batch);
  const value = (at: number) => ((at * 7_919) % 104_729) / 104_729;
  const values = Float32Array.from({ length: size }, (_, at) =>
    tokens ? Math.floor(value(at) * tokens) : value(at),
  );
  const labels = Int32Array.from({ length: batch }, (_, at) => at % classes);
  return tidy(() => ({
    x: tensor(values, [batch, ...inputShape]),
    y: cast(oneHot(tensor(labels, [batch], "int32"), classes), "float32"),
  }));
}

const crossEntropy = (truth: Tensor, scores: Tensor): Tensor =>
  neg(mean(sum(mul(truth, logSoftmax(scores)), -1)));

/** Ready to train on the back end that is set; other ones than ours know tfjs's own kernels only. */
export function compiled(shape: Shape): LayersModel {
  const ours = getBackend() === "wasm";
  const network = ours ? fuseLayers(shape.build()) : shape.build();
  const optimizer = ours ? adam(rate) : train.adam(rate);
  network.compile({ optimizer, loss: ours ? softmaxCrossEntropy : crossEntropy });
  return network;
}
