import { reshape, slice, type Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { convolutionLayer } from "./convolution-layer.js";
import { denseLayer } from "./dense.js";
import { layerNormalize } from "./normalization.js";
import { gruCell, isFusable, lstmCell, recurrentSequence } from "./recurrent.js";

type Layer = LayersModel["layers"][number];
type Call = Layer["call"];
interface Named {
  getClassName(): string;
}
interface Recurrent {
  cell: {
    units: number;
    dropout: number;
    recurrentDropout: number;
    useBias: boolean;
    activation: Named;
    recurrentActivation: Named;
  };
  returnSequences: boolean;
  returnState: boolean;
  goBackwards: boolean;
  stateful: boolean;
}

const one = (inputs: Tensor | Tensor[]): Tensor => (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;

/** The layer as tfjs would run it, in ways that our kernel knows. */
function isPlain({ cell, returnState, goBackwards, stateful }: Recurrent): boolean {
  const gates =
    cell.activation.getClassName() === "tanh" && cell.recurrentActivation.getClassName() === "sigmoid";
  const dropout = cell.dropout > 0 || cell.recurrentDropout > 0;
  return (
    gates && cell.useBias && isFusable(cell.units) && !dropout && !returnState && !goBackwards && !stateful
  );
}

function fuseRecurrent(layer: Layer, cell: typeof lstmCell): void {
  const options = layer as unknown as Recurrent;
  if (!isPlain(options)) return;
  const original: Call = layer.call.bind(layer);
  layer.call = (inputs, options_) => {
    const x = one(inputs);
    const { mask, initialState } = (options_ ?? {}) as { mask?: unknown; initialState?: unknown };
    if (mask ?? initialState) return original(inputs, options_);
    const [kernel, recurrent, bias] = layer.weights.map((weight) => weight.read()) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const all = recurrentSequence(cell, x, { kernel, recurrent, bias });
    if (options.returnSequences) return all;
    const [batch, time, units] = all.shape;
    return reshape(slice(all, [0, time - 1, 0], [batch, 1, units]), [batch, units]);
  };
}

function fuseNormalization(layer: Layer): void {
  const { axis, epsilon, center, scale } = layer.getConfig();
  const original: Call = layer.call.bind(layer);
  layer.call = (inputs, options) => {
    const x = one(inputs);
    const axes = [axis].flat() as number[];
    const last = axes.length === 1 && (axes[0] === -1 || axes[0] === x.rank - 1);
    if (!last || !center || !scale) return original(inputs, options);
    const [gamma, beta] = layer.weights.map((weight) => weight.read()) as [Tensor, Tensor];
    return layerNormalize(x, gamma, beta, epsilon as number);
  };
}

interface Dense {
  useBias: boolean;
  activation: Named & { apply(sums: Tensor): Tensor };
}

function fuseDense(layer: Layer): void {
  const { useBias, activation } = layer as unknown as Dense;
  if (!useBias) return;
  const original: Call = layer.call.bind(layer);
  const name = activation.getClassName();
  layer.call = (inputs, options) => {
    const x = one(inputs);
    if (x.dtype !== "float32") return original(inputs, options);
    const [kernel, bias] = layer.weights.map((weight) => weight.read()) as [Tensor, Tensor];
    const sums = denseLayer(x, kernel, bias, name === "relu");
    return ["relu", "linear"].includes(name) ? sums : activation.apply(sums);
  };
}

interface Convolution extends Dense {
  strides: number[];
  padding: "same" | "valid" | "causal";
  dataFormat: string;
  dilationRate: number | number[];
}

function fuseConvolution(layer: Layer): void {
  const options = layer as unknown as Convolution;
  const { useBias, activation, padding, dataFormat } = options;
  if (!useBias || padding === "causal" || dataFormat !== "channelsLast") return;
  if ([options.dilationRate].flat().some((rate) => rate !== 1)) return;
  const name = activation.getClassName();
  // A layer over one side has one stride; its height of 1 is passed by a stride of 1.
  const strides = [1, ...options.strides].slice(-2) as [number, number];
  layer.call = (inputs) => {
    const [filter, bias] = layer.weights.map((weight) => weight.read()) as [Tensor, Tensor];
    const how = { strides, pad: padding, relu: name === "relu" };
    const sums = convolutionLayer(one(inputs), filter, bias, how);
    return ["relu", "linear"].includes(name) ? sums : activation.apply(sums);
  };
}

const fusers: Readonly<Record<string, (layer: Layer) => void>> = {
  LSTM: (layer) => fuseRecurrent(layer, lstmCell),
  GRU: (layer) => fuseRecurrent(layer, gruCell),
  LayerNormalization: fuseNormalization,
  Dense: fuseDense,
  Conv1D: fuseConvolution,
  Conv2D: fuseConvolution,
};

/**
 * Lets the model's layers run in one kernel each where there is one: dense layers and convolutions with a bias, LSTM
 * and GRU with tanh and sigmoid gates, a multiple of four units and neither dropout, mask nor kept state, and layer
 * normalisation over the last axis. Other layers go on as they are; weights and their order stay the same.
 */
export function fuseLayers<Model extends LayersModel>(model: Model): Model {
  for (const layer of model.layers) fusers[layer.getClassName()]?.(layer);
  return model;
}
