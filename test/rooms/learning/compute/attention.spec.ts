import {
  add,
  grads,
  linalg,
  matMul,
  mul,
  ones,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  transpose,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { attend } from "../../../../src/rooms/learning/compute/index.js";
import { expectClose, numbers, type Operation, onOracle, onOurs, type Values } from "./both.js";

/** The same attention from tfjs's own operations. */
function written(queries: Tensor, keys: Tensor, values: Tensor, heads: number, causal: boolean): Tensor {
  const [batch = 1, places = 1, width = 1] = queries.shape;
  const split = (x: Tensor) =>
    transpose(reshape(x, [batch, x.shape[1] ?? 1, heads, width / heads]), [0, 2, 1, 3]);
  const scores = mul(matMul(split(queries), split(keys), false, true), (width / heads) ** -0.5);
  const seen = keys.shape[1] ?? 1;
  const hidden = mul(sub(linalg.bandPart(ones([places, seen]) as Tensor2D, -1, 0), 1), causal ? 1e9 : 0);
  const mixed = matMul(softmax(add(scores, hidden)), split(values));
  return reshape(transpose(mixed, [0, 2, 1, 3]), [batch, places, width]);
}

function withGradients(operation: Operation, operands: readonly Values[]): Tensor[] {
  const tensors = operands.map(({ shape, values }) => tensor(values, shape));
  const out = operation(...tensors);
  const share = numbers(9, ...out.shape);
  const loss = (...inputs: Tensor[]) => sum(mul(operation(...inputs), tensor(share.values, share.shape)));
  return [out, ...grads(loss)(tensors)];
}

describe("attention against the same written in tfjs's operations on the cpu back end", function () {
  this.timeout(60_000);

  it("agrees for any number of places, heads and sizes of a head, gradients included", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (batch, places, other, heads, size, causal) => {
          const seen = causal ? places : other;
          const width = heads * size;
          const operands = [
            numbers(1, batch, places, width),
            numbers(2, batch, seen, width),
            numbers(3, batch, seen, width),
          ];
          const ours: Operation = (q, k, v) => attend(q, k, v, heads, causal);
          const theirs: Operation = (q, k, v) => written(q, k, v, heads, causal);
          expectClose(
            await onOurs(() => withGradients(ours, operands)),
            await onOracle(() => withGradients(theirs, operands)),
          );
        },
      ),
      { numRuns: 25 },
    ));
});
