import { backend_util, Sum, type TensorInfo, UnsortedSegmentSum, util } from "@tensorflow/tfjs-core";
import { type Heap, wasmBackend } from "./heap.js";
import { input, provide, shipped } from "./registry.js";

interface SumAttributes {
  axis: number | number[];
  keepDims?: boolean;
}

/** Whether the axes lie beside each other, so that what they span is one axis in the middle. */
const adjacent = (axes: readonly number[]): boolean =>
  axes.every((axis, at) => at === 0 || axis === (axes[at - 1] ?? 0) + 1);

function sum(heap: Heap, x: TensorInfo, axes: number[], keepDims: boolean): TensorInfo {
  const [first = 0, last = -1] = [axes[0], axes.at(-1)];
  const [kept, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const out = heap.make(keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept);
  const outer = util.sizeFromShape(x.shape.slice(0, first));
  const inner = util.sizeFromShape(x.shape.slice(last + 1));
  heap.kernels.sumMiddle(heap.placeOf(x), heap.placeOf(out), outer, util.sizeFromShape(reduced), inner);
  return out;
}

/** Sums without the copy of the transposed tensor, and the scatter-add that is the gradient of embeddings. */
export function provideReductions(heap: Heap): void {
  const shippedSum = shipped(Sum);
  provide<SumAttributes>(Sum, (inputs, { axis, keepDims = false }) => {
    const x = input(inputs, "x");
    const axes = util.parseAxisParam(axis, x.shape).toSorted((a, b) => a - b);
    const ours = x.dtype === "float32" && axes.length > 0 && adjacent(axes);
    if (ours) return sum(heap, x, axes, keepDims);
    return shippedSum({ inputs, backend: wasmBackend(), attrs: { axis, keepDims } });
  });
  provide<{ numSegments: number }>(UnsortedSegmentSum, (inputs, { numSegments }) => {
    const [x, ids] = [input(inputs, "x"), input(inputs, "segmentIds")];
    const inner = x.shape.slice(ids.shape.length);
    const out = heap.make([numSegments, ...inner]);
    const places = [x, ids, out].map(heap.placeOf);
    heap.kernels.segmentSum(...places, util.sizeFromShape(ids.shape), util.sizeFromShape(inner), numSegments);
    return out;
  });
}
