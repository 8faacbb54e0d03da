import {
  input as inputOf,
  type LayersModel,
  type LayerVariable,
  layers,
  model,
  type SymbolicTensor,
} from "@tensorflow/tfjs-layers";
import { getBackend, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { badInput } from "../../../kernel/errors.js";
import {
  type Architecture,
  type InputShape,
  type Layer,
  maskedLayers,
  outline,
  sizeOf,
  weightsOf,
} from "../architecture/index.js";
import { fuseLayers, kernels } from "../compute/index.js";
import { joined } from "../joined.js";
import { makeLayers } from "./makers.js";
import { orthogonalKernel } from "./orthogonal.js";

function put(variable: LayerVariable, values: Float32Array): void {
  // A new tensor each: the kernels cache packed weights by tensor and would go on using the old ones.
  const value: Tensor = tensor(
    values,
    variable.shape.map((side) => side ?? 1),
  );
  variable.write(value);
  value.dispose();
}

/** The state's kernel is the second of a recurrent layer's three weights. */
function drawRecurrent({ weights }: layers.Layer, layer: Layer): void {
  const [, kernel] = weights;
  if (kernel && (layer.type === "LSTM" || layer.type === "GRU"))
    put(kernel, orthogonalKernel(layer.units, layer.type === "LSTM" ? 4 : 3));
}

/**
 * The network, with fresh weights drawn from `Math.random` or, for weights that are to be written, with zeros. Its
 * output is linear: class scores before the softmax, or the standardised number.
 * @throws BAD_USER_INPUT where the layers do not fit
 */
export function buildNetwork(
  architecture: Architecture,
  input: InputShape,
  outputs: number,
  fresh = true,
): LayersModel {
  const { layers: outlines, fault } = outline(architecture, input, outputs);
  if (fault) throw badInput(fault.path, fault.message);
  const masked = maskedLayers(architecture, input);
  const given = inputOf({ shape: [...input.shape] });
  let x = given;
  let { shape } = input;
  architecture.layers.forEach((layer, index) => {
    const { vocabulary } = input;
    const parts = makeLayers(layer, {
      shape,
      vocabulary,
      weights: weightsOf(layer, shape, vocabulary),
      fresh,
      masked: masked[index] === true,
    });
    parts.forEach((part, place) => {
      x = part.apply(masked[index] && place === 0 ? [x, given] : x) as SymbolicTensor;
    });
    if (fresh && parts[0]) drawRecurrent(parts[0], layer);
    shape = outlines[index]?.shape ?? shape;
  });
  const output = layers.dense({ units: outputs, kernelInitializer: fresh ? "glorotNormal" : "zeros" });
  const network = model({ inputs: given, outputs: output.apply(x) as SymbolicTensor });
  // The oracle of tests has none of our kernels, and computes each layer by the library's own operations.
  return getBackend() === kernels.backend ? fuseLayers(network) : network;
}

/** Variables in the order of `weightShapes`, that is layer by layer. */
export const networkVariables = (model: LayersModel): LayerVariable[] =>
  model.layers.flatMap((layer) => layer.weights);

/** All weights as one array, in the order of `weightShapes`. */
export function readWeights(model: LayersModel): Float32Array {
  return joined(networkVariables(model).map((variable) => variable.read().dataSync<"float32">()));
}

/** Puts weights back that `readWeights` gave. */
export function writeWeights(model: LayersModel, weights: Float32Array): void {
  let at = 0;
  for (const variable of networkVariables(model)) {
    const size = sizeOf(variable.shape.map((side) => side ?? 1));
    put(variable, weights.slice(at, at + size));
    at += size;
  }
}
