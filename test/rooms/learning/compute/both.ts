import "@tensorflow/tfjs-backend-cpu";
// Brings the gradients with it.
import "@tensorflow/tfjs-layers";
import {
  dispose,
  engine,
  fill,
  grads,
  mul,
  setBackend,
  sum,
  type Tensor,
  tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

export interface Values {
  shape: number[];
  values: number[];
}
export type Operation = (...operands: Tensor[]) => Tensor;

/** Numbers of both signs from -2 to 2, the same for the same seed. */
export function numbers(seed: number, ...shape: number[]): Values {
  const random = seededRandom(seed, "parity");
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, values: Array.from({ length: size }, () => random() * 4 - 2) };
}

/** Leaves freed memory full of what a kernel that reads before it writes would show. */
export function litter(): void {
  const sizes = [7, 100, 1_000, 10_000, 100_000, 1_000_000];
  const tensors = sizes.flatMap((size) => [fill([size], Number.NaN), fill([size], 1e30)]);
  dispose(tensors);
}

/** Afterwards ours is at work again, for specs of other files in the same process. */
export async function on<T>(backend: "cpu" | "wasm", work: () => T): Promise<T> {
  await startBackend();
  await setBackend(backend);
  if (backend === "wasm") litter();
  try {
    return work();
  } finally {
    await setBackend("wasm");
  }
}

const plain = (x: Tensor): Values => ({ shape: x.shape, values: [...x.dataSync()] });

/** Twice the same, so that a result that depends on what lay in memory shows too. */
export async function onOurs(work: () => Tensor[]): Promise<Values[]> {
  const before = await on("wasm", () => engine().memory().numTensors);
  const [first, second] = [await on("wasm", () => values(work)), await on("wasm", () => values(work))];
  expect(second, "the same bits on a second run").to.deep.equal(first);
  expect(engine().memory().numTensors, "no tensor is left behind").to.equal(before);
  return first;
}

const values = (work: () => Tensor[]): Values[] => tidy(() => work().map(plain) as never) as Values[];
export const onOracle = (work: () => Tensor[]): Promise<Values[]> => on("cpu", () => values(work));

/** NaN where one is among them, so that no comparison with it holds. */
const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0);

export function expectClose(ours: Values[], theirs: Values[], tolerance = 1e-4): void {
  expect(ours.map(({ shape }) => shape)).to.deep.equal(theirs.map(({ shape }) => shape));
  ours.forEach((result, at) => {
    const wanted = theirs[at]?.values ?? [];
    const scale = largest([1, ...wanted]);
    const worst = largest(result.values.map((value, i) => value - (wanted[i] ?? Number.NaN)));
    expect(worst / scale, `result ${at} of shape [${result.shape.join()}]`).to.be.at.most(tolerance);
  });
}

/** The result of the operation and its gradient to each operand, from a varied gradient of the result. */
function withGradients(operation: Operation, operands: readonly Values[]): Tensor[] {
  const tensors = operands.map(({ shape, values }) => tensor(values, shape));
  const result = operation(...tensors);
  const share = numbers(99, ...result.shape);
  const loss = (...inputs: Tensor[]) => sum(mul(operation(...inputs), tensor(share.values, share.shape)));
  return [result, ...grads(loss)(tensors)];
}

/** Checks an operation and all its gradients against the cpu back end. */
export async function expectParity(operation: Operation, operands: readonly Values[], tolerance?: number) {
  const work = () => withGradients(operation, operands);
  expectClose(await onOurs(work), await onOracle(work), tolerance);
}

/** Checks an operation without gradients. */
export async function expectSame(work: () => Tensor[], tolerance?: number): Promise<void> {
  expectClose(await onOurs(work), await onOracle(work), tolerance);
}
