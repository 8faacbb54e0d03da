import {
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { type Attributes, type Info, infoOf } from "./convolution.js";
import type { Heap } from "./heap.js";
import { input, provide } from "./registry.js";

function depthwise(
  heap: Heap,
  toInput: boolean,
  x: TensorInfo,
  filter: TensorInfo,
  dy: TensorInfo,
  info: Info,
) {
  const places = [x, filter, dy].map(heap.placeOf);
  const multiplier = info.outChannels / info.inChannels;
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const sizes = [batchSize, inHeight, inWidth, inChannels, multiplier, outHeight, outWidth];
  const filterSizes = [filterHeight, filterWidth, info.strideHeight, info.strideWidth];
  const steps = [info.dilationHeight, info.dilationWidth, info.padInfo.top, info.padInfo.left];
  heap.kernels.depthwiseGradient(toInput ? 1 : 0, ...places, ...sizes, ...filterSizes, ...steps);
}

/** The gradients of depthwise convolutions, which the back end lacks. */
export function provideDepthwise(heap: Heap): void {
  provide<Attributes & { filterShape: number[] }>(
    DepthwiseConv2dNativeBackpropFilter,
    (inputs, attributes) => {
      const [x, dy] = [input(inputs, "x"), input(inputs, "dy")];
      const info = infoOf(x.shape, attributes.filterShape, attributes, true);
      const filter = heap.make(attributes.filterShape);
      depthwise(heap, false, x, filter, dy, info);
      return filter;
    },
  );
  provide<Attributes & { inputShape: number[] }>(DepthwiseConv2dNativeBackpropInput, (inputs, attributes) => {
    const [dy, filter] = [input(inputs, "dy"), input(inputs, "filter")];
    const info = infoOf(attributes.inputShape, filter.shape, attributes, true);
    const x = heap.make(attributes.inputShape);
    depthwise(heap, true, x, filter, dy, info);
    return x;
  });
}
