import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, provide } from "./registry.js";

export type Info = backend_util.Conv2DInfo;
type Four = [number, number, number, number];
export interface Attributes {
  strides: number | [number, number];
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  dataFormat?: "NHWC" | "NCHW";
  dilations?: number | [number, number];
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Sizes of a convolution. @throws where the channels do not come last */
export function infoOf(
  x: readonly number[],
  filter: readonly number[],
  options: Attributes,
  depthwise = false,
): Info {
  const { strides, dilations = 1, pad, dimRoundingMode, dataFormat = "NHWC" } = options;
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

/** In the order of kernels/geometry.ts. */
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
  info.dilationHeight,
  info.dilationWidth,
  info.padInfo.top,
  info.padInfo.left,
];

/** The convolution whose result is the gradient to the input of this one; both have stride 1. */
function turned(info: Info): Info {
  const { padInfo, filterHeight, filterWidth } = info;
  return {
    ...info,
    inHeight: info.outHeight,
    inWidth: info.outWidth,
    inChannels: info.outChannels,
    outHeight: info.inHeight,
    outWidth: info.inWidth,
    outChannels: info.inChannels,
    padInfo: { ...padInfo, top: filterHeight - 1 - padInfo.top, left: filterWidth - 1 - padInfo.left },
  };
}

/** Numbers of unfolded or evaluated input at a time: 1 MB stays in the cache between that and the product. */
const unfolded = 2 ** 18;
const inSixes = (count: number, most: number): number =>
  Math.min(most, Math.max(6, Math.floor(count / 6) * 6));

/** How many output positions of the whole batch are unfolded at a time, and the memory for them. */
function blockOf(heap: Heap, info: Info): [positions: number, place: number, packed: number] {
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const positions = inSixes(unfolded / depth, info.batchSize * info.outHeight * info.outWidth);
  return [positions, heap.extra(positions * depth), heap.packed];
}

/** Points of kernels/winograd-transforms.ts: outputs and taps of a tile together are one more. */
const points = 8;
const tilesOf = (info: Info): number => Math.ceil(info.outWidth / (points + 1 - info.filterWidth));

/**
 * Whether Winograd's way takes markedly fewer products, and enough of them that its transforms do not matter. Nothing
 * here depends on the batch: a row gives the same bits alone and among others.
 */
function suitsWinograd(info: Info): boolean {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, filterWidth, outWidth } = info;
  if (filterWidth < 3 || filterWidth >= points) return false;
  if (Math.max(strideHeight, strideWidth, dilationHeight, dilationWidth) > 1) return false;
  const channels = [info.inChannels, info.outChannels];
  if (channels.some((count) => count % 4 !== 0 || count < 16)) return false;
  return tilesOf(info) * points <= 0.75 * outWidth * filterWidth;
}

/** How many tiles of eight places are evaluated at a time, and the memory for them, the filter and the products. */
function tileBlock(heap: Heap, info: Info): [tiles: number, place: number, packed: number] {
  const depth = info.filterHeight * info.inChannels;
  const wide = points * (depth + info.outChannels);
  const tiles = inSixes(unfolded / wide, info.batchSize * info.outHeight * tilesOf(info));
  return [tiles, heap.extra(tiles * wide + points * depth * info.outChannels), heap.packed];
}

/** x convolved with the filter, plus a bias where there is one, with what is negative made zero where `relu`. */
export function convolve(
  heap: Heap,
  [x, filter, bias]: [TensorInfo, TensorInfo, TensorInfo?],
  info: Info,
  relu = false,
): TensorInfo {
  const out = heap.make(info.outShape);
  const places = [heap.placeOf(x), heap.placeOf(filter), bias ? heap.placeOf(bias) : 0, heap.placeOf(out)];
  const operands = [...places, heap.sizes(geometry(info)), relu ? 1 : 0];
  if (suitsWinograd(info)) heap.kernels.winograd(...operands, 0, ...tileBlock(heap, info));
  else heap.kernels.convolution(...operands, ...blockOf(heap, info));
  return out;
}

/** The gradient to the filter from x and the gradient to the sums. */
export function filterGradient(heap: Heap, x: TensorInfo, dy: TensorInfo, info: Info): TensorInfo {
  const out = heap.make(info.filterShape);
  const operands = [...[x, dy, out].map(heap.placeOf), heap.sizes(geometry(info))];
  if (suitsWinograd(info)) heap.kernels.winogradFilterGradient(...operands, ...tileBlock(heap, info));
  else heap.kernels.convolutionFilterGradient(...operands, ...blockOf(heap, info));
  return out;
}

/** The gradient to x from that to the sums. */
export function inputGradient(heap: Heap, dy: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const out = heap.make(info.inShape);
  const [from, by, to] = [heap.placeOf(dy), heap.placeOf(filter), heap.placeOf(out)];
  const back = turned(info);
  if (suitsWinograd(info) && suitsWinograd(back)) {
    const sizes = heap.sizes(geometry(back));
    heap.kernels.winograd(from, by, 0, to, sizes, 0, 1, ...tileBlock(heap, back));
  } else {
    const sizes = heap.sizes(geometry(info));
    heap.kernels.convolutionInputGradient(from, by, to, sizes, ...blockOf(heap, info));
  }
  return out;
}

/** Convolutions and the gradients that the back end lacks. */
export function provideConvolutions(heap: Heap): void {
  provide<Attributes>(Conv2D, (inputs, attributes) => {
    const [x, filter] = [input(inputs, "x"), input(inputs, "filter")];
    return convolve(heap, [x, filter], infoOf(x.shape, filter.shape, attributes));
  });
  provide<Attributes & { filterShape: number[] }>(Conv2DBackpropFilter, (inputs, attributes) => {
    const [x, dy] = [input(inputs, "x"), input(inputs, "dy")];
    return filterGradient(heap, x, dy, infoOf(x.shape, attributes.filterShape, attributes));
  });
  provide<Attributes & { inputShape: number[] }>(Conv2DBackpropInput, (inputs, attributes) => {
    const [dy, filter] = [input(inputs, "dy"), input(inputs, "filter")];
    return inputGradient(heap, dy, filter, infoOf(attributes.inputShape, filter.shape, attributes));
  });
}
