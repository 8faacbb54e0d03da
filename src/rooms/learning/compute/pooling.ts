import { backend_util, MaxPoolGrad } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, provide } from "./registry.js";

interface Attributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** The shipped kernel starts its search at the smallest positive number, so windows below zero lose their gradient. */
export function providePooling(heap: Heap): void {
  provide<Attributes>(MaxPoolGrad, (inputs, { filterSize, strides, pad, dimRoundingMode }) => {
    const [x, dy] = [input(inputs, "input"), input(inputs, "dy")];
    const shape = x.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const out = heap.make(x.shape);
    const places = [x, dy, out].map(heap.placeOf);
    const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info;
    const sizes = [batchSize, inHeight, inWidth, inChannels, outHeight, outWidth];
    const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
    const window = [filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left];
    heap.kernels.maxPoolGradient(...places, ...sizes, ...window);
    return out;
  });
}
