import { engine, registerGradient, reshape, type Tensor, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Attributes, convolve, filterGradient, infoOf, inputGradient } from "./convolution.js";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

interface Options extends Attributes {
  relu: boolean;
}
const kernelName = "TenfoldConvolution";
const gradientName = `${kernelName}Gradient`;
const inputGradientName = `${kernelName}InputGradient`;

export function provideConvolutionLayer(heap: Heap): void {
  provide<Options>(kernelName, (inputs, options) => {
    const [x, filter, bias] = [input(inputs, "x"), input(inputs, "filter"), input(inputs, "bias")];
    return convolve(heap, [x, filter, bias], infoOf(x.shape, filter.shape, options), options.relu);
  });
  provide<Options & { filterShape: number[] }>(gradientName, (inputs, options) => {
    const [x, y, dy] = [input(inputs, "x"), input(inputs, "y"), input(inputs, "dy")];
    const units = dy.shape.at(-1) ?? 1;
    const dBias = heap.make([units]);
    const dz = options.relu ? [heap.make(dy.shape)] : [];
    const places = [y, dy, dz[0] ?? dy, dBias].map(heap.placeOf);
    heap.kernels.sumsGradient(...places, util.sizeFromShape(dy.shape) / units, units, options.relu ? 1 : 0);
    const info = infoOf(x.shape, options.filterShape, options);
    return [filterGradient(heap, x, dz[0] ?? dy, info), dBias, ...dz];
  });
  provide<Options & { inputShape: number[] }>(inputGradientName, (inputs, options): TensorInfo => {
    const [dz, filter] = [input(inputs, "dz"), input(inputs, "filter")];
    return inputGradient(heap, dz, filter, infoOf(options.inputShape, filter.shape, options));
  });
  provideGradient();
}

/** The gradient to x is left out where nobody asks for it, as in a first layer. */
function provideGradient(): void {
  registerGradient({
    kernelName,
    inputsToSave: ["x", "filter"],
    outputsToSave: [true],
    gradFunc: (share, saved, attributes) => {
      const [dy, [x, filter, y]] = [share as Tensor, saved as [Tensor, Tensor, Tensor]];
      const options = { ...attributes, filterShape: filter.shape, inputShape: x.shape };
      const results = engine().runKernel<Tensor[]>(gradientName, named({ x, y, dy }), options);
      const [dFilter, dBias, dz = dy] = results as [Tensor, Tensor, Tensor?];
      return {
        x: () => engine().runKernel<Tensor>(inputGradientName, named({ dz, filter }), options),
        filter: () => dFilter,
        bias: () => dBias,
      };
    },
  });
}

/**
 * A whole convolution layer: x [batch, height, width, channels] with filter [height, width, channels, filters] plus bias
 * [filters], with what is negative made zero where `relu`; or the same over one side, each without its height.
 */
export function convolutionLayer(x: Tensor, filter: Tensor, bias: Tensor, options: Options): Tensor {
  const flat = x.rank === 3;
  const raised = (tensor: Tensor, at: number): Tensor =>
    flat ? reshape(tensor, [...tensor.shape.slice(0, at), 1, ...tensor.shape.slice(at)]) : tensor;
  const inputs = named({ x: raised(x, 1), filter: raised(filter, 0), bias });
  const y = engine().runKernel<Tensor>(kernelName, inputs, { ...options });
  return flat ? reshape(y, [y.shape[0] ?? 1, ...y.shape.slice(2)]) : y;
}
