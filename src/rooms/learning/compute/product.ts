import { _FusedMatMul, BatchMatMul, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { wasmBackend } from "./heap.js";
import { type Inputs, input, provide, shipped } from "./registry.js";

interface Attributes {
  transposeA?: boolean;
  transposeB?: boolean;
  activation?: string;
}

interface Operand {
  rows: number;
  columns: number;
  rowStep: number;
  columnStep: number;
  /** How many matrices there are before the last two sides. */
  count: number;
}

/** The last two sides of a tensor as a matrix, read the other way round where it counts as transposed. */
function operand({ shape }: TensorInfo, transposed = false): Operand {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const count = util.sizeFromShape(shape.slice(0, -2));
  return transposed
    ? { rows: columns, columns: rows, rowStep: 1, columnStep: columns, count }
    : { rows, columns, rowStep: columns, columnStep: 1, count };
}

/** Whether the batches are equal or one of them is a single matrix; mixed broadcasts are left to the back end. */
function isPlain(a: TensorInfo, b: TensorInfo): boolean {
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const single = [outerA, outerB].some((outer) => util.sizeFromShape(outer) === 1);
  return (single || util.arraysEqual(outerA, outerB)) && a.dtype === "float32" && b.dtype === "float32";
}

const outerShape = (a: TensorInfo, b: TensorInfo): number[] => {
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const more = util.sizeFromShape(outerA) >= util.sizeFromShape(outerB) && outerA.length >= outerB.length;
  return more ? outerA : outerB;
};

/** a·b, plus a bias to every row where there is one, and relu where that is the activation. */
function multiply(heap: Heap, a: TensorInfo, b: TensorInfo, how: Attributes, bias?: TensorInfo): TensorInfo {
  const [left, right] = [operand(a, how.transposeA), operand(b, how.transposeB)];
  if (left.columns !== right.rows)
    throw new Error(
      `Matrices of [${a.shape.join()}] and [${b.shape.join()}] can't be multiplied: their inner sides differ.`,
    );
  const out = heap.make([...outerShape(a, b), left.rows, right.columns]);
  const [aPlace, bPlace, outPlace] = [a, b, out].map(heap.placeOf);
  heap.kernels.gemmBatch(
    aPlace ?? 0,
    left.rowStep,
    left.columnStep,
    left.count === 1 ? 0 : left.rows * left.columns,
    bPlace ?? 0,
    right.rowStep,
    right.columnStep,
    right.count === 1 ? 0 : right.rows * right.columns,
    bias ? heap.placeOf(bias) : 0,
    how.activation === "relu" ? 1 : 0,
    outPlace ?? 0,
    Math.max(left.count, right.count),
    left.rows,
    right.columns,
    left.columns,
    heap.packed,
  );
  return out;
}

/** A fused product whose activation and bias we know. */
function isFusable(inputs: Inputs, { activation = "linear" }: Attributes): boolean {
  const { bias, preluActivationWeights } = inputs;
  return (
    ["linear", "relu"].includes(activation) && !preluActivationWeights && (bias?.shape.length ?? 1) === 1
  );
}

/** Matrix products: a transposed operand costs as much as one that is not, unlike in the shipped kernels. */
export function provideProducts(heap: Heap): void {
  const [plain, fused] = [shipped(BatchMatMul), shipped(_FusedMatMul)];
  provide<Attributes>(BatchMatMul, (inputs, attrs) => {
    const [a, b] = [input(inputs, "a"), input(inputs, "b")];
    if (isPlain(a, b)) return multiply(heap, a, b, attrs);
    return plain({ inputs, backend: wasmBackend(), attrs: { ...attrs } });
  });
  provide<Attributes>(_FusedMatMul, (inputs, attrs) => {
    const [a, b] = [input(inputs, "a"), input(inputs, "b")];
    if (!isPlain(a, b) || !isFusable(inputs, attrs))
      return fused({ inputs, backend: wasmBackend(), attrs: { ...attrs } });
    return multiply(heap, a, b, attrs, inputs["bias"]);
  });
}
