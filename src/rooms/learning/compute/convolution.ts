import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, provide } from "./registry.js";

type Info = backend_util.Conv2DInfo;
type Four = [number, number, number, number];
interface Attributes {
  strides: number | [number, number];
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  dataFormat?: "NHWC" | "NCHW";
  dilations?: number | [number, number];
  dimRoundingMode?: "floor" | "round" | "ceil";
}

function infoOf(x: readonly number[], filter: readonly number[], of: Attributes, depthwise = false): Info {
  const { strides, dilations = 1, pad, dimRoundingMode, dataFormat = "NHWC" } = of;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  if (format !== "channelsLast") throw new Error("Convolutions take their channels last (dataFormat NHWC).");
  const shapes = [x as Four, filter as Four] as const;
  return backend_util.computeConv2DInfo(
    ...shapes,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    format,
  );
}

const geometry = (info: Info): number[] => [
  info.batchSize,
  info.inHeight,
  info.inWidth,
  info.inChannels,
  info.outHeight,
  info.outWidth,
  info.outChannels,
  info.filterHeight,
  info.filterWidth,
  info.strideHeight,
  info.strideWidth,
];

/** Numbers of unfolded input at a time: 1 MB stays in the cache between unfolding and product. */
const unfolded = 2 ** 18;

/** How many output positions of the whole batch are unfolded at a time, and the memory for them. */
function blockOf(heap: Heap, info: Info): [positions: number, place: number, packed: number] {
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const wanted = Math.max(6, Math.floor(unfolded / depth / 6) * 6);
  const positions = Math.min(info.batchSize * info.outHeight * info.outWidth, wanted);
  return [positions, heap.extra(positions * depth), heap.packed];
}

function convolve(heap: Heap, x: TensorInfo, filter: TensorInfo, attributes: Attributes): TensorInfo {
  const info = infoOf(x.shape, filter.shape, attributes);
  const out = heap.make(info.outShape);
  const block = blockOf(heap, info);
  const places = [x, filter, out].map(heap.placeOf);
  const dilations = [info.dilationHeight, info.dilationWidth];
  const { top, left } = info.padInfo;
  heap.kernels.convolution(...places, ...geometry(info), ...dilations, top, left, ...block);
  return out;
}

type Gradient = "convolutionFilterGradient" | "convolutionInputGradient";
function gradient(
  heap: Heap,
  kernel: Gradient,
  operands: TensorInfo[],
  shape: number[],
  info: Info,
): TensorInfo {
  const out = heap.make(shape);
  const block = blockOf(heap, info);
  const places = [...operands, out].map(heap.placeOf);
  heap.kernels[kernel](...places, ...geometry(info), info.padInfo.top, info.padInfo.left, ...block);
  return out;
}

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

/** Convolutions as unfolding and product, and the gradients that the back end lacks. */
export function provideConvolutions(heap: Heap): void {
  provide<Attributes>(Conv2D, (inputs, attributes) =>
    convolve(heap, input(inputs, "x"), input(inputs, "filter"), attributes),
  );
  provide<Attributes & { filterShape: number[] }>(Conv2DBackpropFilter, (inputs, attributes) => {
    const [x, dy] = [input(inputs, "x"), input(inputs, "dy")];
    const info = infoOf(x.shape, attributes.filterShape, attributes);
    return gradient(heap, "convolutionFilterGradient", [x, dy], info.filterShape, info);
  });
  provide<Attributes & { inputShape: number[] }>(Conv2DBackpropInput, (inputs, attributes) => {
    const [dy, filter] = [input(inputs, "dy"), input(inputs, "filter")];
    const info = infoOf(attributes.inputShape, filter.shape, attributes);
    return gradient(heap, "convolutionInputGradient", [dy, filter], info.inShape, info);
  });
  provideDepthwise(heap);
}

function provideDepthwise(heap: Heap): void {
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
