import {
  backend_util,
  GatherV2,
  Max,
  Sum,
  type TensorInfo,
  UnsortedSegmentSum,
  util,
} from "@tensorflow/tfjs-core";
import { type Heap, wasmBackend } from "./heap.js";
import { input, provide, shipped } from "./registry.js";

type Attributes = { keepDims?: boolean } & Partial<Record<"axis" | "reductionIndices", number | number[]>>;

/** Whether the axes lie beside each other, so that what they span is one axis in the middle. */
export const adjacent = (axes: readonly number[]): boolean =>
  axes.every((axis, at) => at === 0 || axis === (axes[at - 1] ?? 0) + 1);

type Reduction = "sumMiddle" | "maxMiddle";

/** Sizes before, within and after the axes. */
export function sizesOf(shape: readonly number[], axes: readonly number[]): [number, number, number] {
  const [first = 0, last = -1] = [axes[0], axes.at(-1)];
  const parts = [shape.slice(0, first), shape.slice(first, last + 1), shape.slice(last + 1)];
  return parts.map((part) => util.sizeFromShape(part)) as [number, number, number];
}

export const sortedAxes = (given: number | number[] | undefined, x: TensorInfo): number[] =>
  util.parseAxisParam(given ?? [], x.shape).toSorted((a, b) => a - b);

function reduce(heap: Heap, kernel: Reduction, x: TensorInfo, axes: number[], keepDims: boolean): TensorInfo {
  const [kept] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const out = heap.make(keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept);
  heap.kernels[kernel](heap.placeOf(x), heap.placeOf(out), ...sizesOf(x.shape, axes));
  return out;
}

/** Sums without the copy of the transposed tensor, and the scatter-add that is the gradient of embeddings. */
export function provideReductions(heap: Heap): void {
  provideReduction(heap, Sum, "sumMiddle", "axis");
  provideReduction(heap, Max, "maxMiddle", "reductionIndices");
  provideGather(heap);
  provide<{ numSegments: number }>(UnsortedSegmentSum, (inputs, { numSegments }) => {
    const [x, ids] = [input(inputs, "x"), input(inputs, "segmentIds")];
    const inner = x.shape.slice(ids.shape.length);
    const out = heap.make([numSegments, ...inner]);
    const places = [x, ids, out].map(heap.placeOf);
    heap.kernels.segmentSum(...places, util.sizeFromShape(ids.shape), util.sizeFromShape(inner), numSegments);
    return out;
  });
}

/** Axes apart from each other, other types and empty tensors are left to the shipped kernel. */
function provideReduction(
  heap: Heap,
  name: string,
  kernel: Reduction,
  key: "axis" | "reductionIndices",
): void {
  const original = shipped(name);
  provide<Attributes>(name, (inputs, attributes) => {
    const x = input(inputs, "x");
    const axes = sortedAxes(attributes[key], x);
    const some = axes.length > 0 && util.sizeFromShape(x.shape) > 0;
    if (x.dtype === "float32" && some && adjacent(axes))
      return reduce(heap, kernel, x, axes, attributes.keepDims ?? false);
    return original({ inputs, backend: wasmBackend(), attrs: { ...attributes } });
  });
}

interface GatherAttributes {
  axis: number;
  batchDims: number;
}

/** Whole rows by number, the case of embeddings and of batches. @throws where a number names no row */
function provideGather(heap: Heap): void {
  const original = shipped(GatherV2);
  provide<GatherAttributes>(GatherV2, (inputs, { axis, batchDims }) => {
    const [x, ids] = [input(inputs, "x"), input(inputs, "indices")];
    const ours = axis === 0 && batchDims === 0 && x.dtype !== "bool" && ids.dtype === "int32";
    if (!ours) return original({ inputs, backend: wasmBackend(), attrs: { axis, batchDims } });
    const [rows = 0, ...inner] = x.shape;
    const out = heap.make([...ids.shape, ...inner], x.dtype);
    const places = [x, ids, out].map(heap.placeOf);
    const sizes = [util.sizeFromShape(ids.shape), util.sizeFromShape(inner), rows];
    if (heap.kernels.gatherRows(...places, ...sizes) !== 0) return out;
    heap.release(out);
    throw new Error(`A row was asked for by a number that is not from 0 to ${rows - 1}.`);
  });
}
