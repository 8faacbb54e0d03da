import {
  engine,
  GatherV2,
  getGradient,
  Max,
  registerGradient,
  reshape,
  type Tensor,
  type Tensor1D,
  unsortedSegmentSum,
} from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { adjacent, sizesOf, sortedAxes } from "./reduction.js";
import { input, named, provide } from "./registry.js";

const maxGradient = "TenfoldMaxGradient";

/** In one pass instead of four; axes apart from each other go the shipped way. */
function provideMaxGradient(heap: Heap): void {
  provide<{ sizes: number[] }>(maxGradient, (inputs, { sizes }) => {
    const operands = ["x", "y", "dy"].map((each) => input(inputs, each));
    const out = heap.make(input(inputs, "x").shape);
    heap.kernels.maxMiddleGradient(...[...operands, out].map(heap.placeOf), ...sizes);
    return out;
  });
  const original = getGradient(Max);
  registerGradient({
    ...original,
    gradFunc: (dy, saved, attributes) => {
      const [x, y] = saved as [Tensor, Tensor];
      const axes = sortedAxes(attributes["reductionIndices"] as number[], x);
      const ours = engine().backendName === "wasm" && x.dtype === "float32" && adjacent(axes);
      if (!ours || axes.length === 0) return original.gradFunc(dy, saved, attributes);
      const inputs = named({ x, y, dy: dy as Tensor });
      return { x: () => engine().runKernel<Tensor>(maxGradient, inputs, { sizes: sizesOf(x.shape, axes) }) };
    },
  });
}

/** Rows of a table by number: the shares are summed where they lie, without the shipped way's two transpositions. */
function provideGatherGradient(): void {
  const original = getGradient(GatherV2);
  registerGradient({
    ...original,
    gradFunc: (dy, saved, attributes) => {
      const [x, ids] = saved as [Tensor, Tensor];
      if (attributes["axis"] !== 0 || attributes["batchDims"] !== 0)
        return original.gradFunc(dy, saved, attributes);
      const share = dy as Tensor;
      const flat = reshape(share, [ids.size, ...x.shape.slice(1)]);
      const rows = reshape(ids, [ids.size]) as Tensor1D;
      return { x: () => unsortedSegmentSum(flat, rows, x.shape[0] ?? 0), indices: () => ids };
    },
  });
}

/** Shorter ways to the gradients of the largest and of rows by number. */
export function provideReductionGradients(heap: Heap): void {
  provideMaxGradient(heap);
  provideGatherGradient();
}
