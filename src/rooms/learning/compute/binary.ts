import {
  Add,
  broadcast_util,
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Maximum,
  Minimum,
  Multiply,
  NotEqual,
  RealDiv,
  SquaredDifference,
  Sub,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { type Heap, wasmBackend } from "./heap.js";
import { input, provide, shipped } from "./registry.js";

// In the order of their numbers in kernels/elementwise.ts.
const operations = [Add, Sub, Multiply, RealDiv, Maximum, Minimum, SquaredDifference];
const comparisons = [Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual];

/** Neighbouring sides along which both operands move alike, taken together; a step of 0 repeats the operand. */
interface Run {
  size: number;
  a: boolean;
  b: boolean;
}

/** The result's sides in as few runs as there are changes between repeating an operand and not. */
function runsOf(a: readonly number[], b: readonly number[], shape: readonly number[]): Run[] {
  const runs: Run[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const moves = (operand: readonly number[]) => (operand[axis - shape.length + operand.length] ?? 1) !== 1;
    const run = { size, a: moves(a), b: moves(b) };
    const last = runs.at(-1);
    if (last && last.a === run.a && last.b === run.b) last.size *= size;
    else runs.push(run);
  });
  return runs;
}

const still: Run = { size: 1, a: true, b: true };

/** Sides and steps of at most three runs, or null where there are more. */
function walkOf(a: TensorInfo, b: TensorInfo, shape: readonly number[]): number[] | null {
  const runs = runsOf(a.shape, b.shape, shape);
  if (runs.length > 3 || a.dtype !== "float32" || b.dtype !== "float32") return null;
  while (runs.length < 3) runs.unshift({ ...still });
  const stepsOf = (operand: "a" | "b"): number[] => {
    let step = 1;
    const steps: number[] = [];
    for (const run of runs.toReversed()) {
      steps.unshift(run[operand] ? step : 0);
      step *= run[operand] ? run.size : 1;
    }
    return steps;
  };
  return [...runs.map(({ size }) => size), ...stepsOf("a"), ...stepsOf("b")];
}

function provideFor(heap: Heap, name: string, kernel: "binary" | "comparison", number: number): void {
  const original = shipped(name);
  provide(name, (inputs) => {
    const [a, b] = [input(inputs, "a"), input(inputs, "b")];
    const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const walk = walkOf(a, b, shape);
    if (!walk) return original({ inputs, backend: wasmBackend(), attrs: {} });
    const out = heap.make(shape, kernel === "binary" ? "float32" : "bool");
    heap.kernels[kernel](number, ...[a, b, out].map(heap.placeOf), ...walk);
    return out;
  });
}

/** Element-wise operations of two operands: the shipped ones compute every place anew where one operand is repeated. */
export function provideBinary(heap: Heap): void {
  operations.forEach((name, number) => provideFor(heap, name, "binary", number));
  comparisons.forEach((name, number) => provideFor(heap, name, "comparison", number));
}
