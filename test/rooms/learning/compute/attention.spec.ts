import { cast, equal, grads, mul, split, sum, type Tensor, tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { attend, attendJoined } from "../../../../src/rooms/learning/compute/index.js";
import { expectClose, numbers, type Operation, onOracle, onOurs, type Values } from "./both.js";
import { attention } from "./written.js";

function withGradients(operation: Operation, operands: readonly Values[]): Tensor[] {
  const tensors = operands.map(({ shape, values }) => tensor(values, shape));
  const out = operation(...tensors);
  const share = numbers(9, ...out.shape);
  const loss = (...inputs: Tensor[]) => sum(mul(operation(...inputs), tensor(share.values, share.shape)));
  return [out, ...grads(loss)(tensors)];
}

async function expectAlike(ours: Operation, theirs: Operation, operands: readonly Values[]): Promise<void> {
  expectClose(
    await onOurs(() => withGradients(ours, operands)),
    await onOracle(() => withGradients(theirs, operands)),
  );
}

/** Queries, keys and values of one width, in one tensor. */
const joinedShapes = [
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 13 }),
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 9 }),
  fc.boolean(),
] as const;

/** Tokens of `batch` rows, with more padding in front from row to row, so that the last one is nothing else. */
const paddedTokens = (batch: number, places: number): number[] =>
  Array.from({ length: batch * places }, (_, at) =>
    at % places < Math.floor((places * (Math.floor(at / places) + 1)) / batch) ? 0 : 3,
  );

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
          const theirs: Operation = (q, k, v) => attention(q, k, v, heads, causal);
          await expectAlike(ours, theirs, operands);
        },
      ),
      { numRuns: 25 },
    ));

  it("agrees where queries, keys and values lie in one tensor", () =>
    fc.assert(
      fc.asyncProperty(...joinedShapes, async (batch, places, heads, size, causal) => {
        const operands = [numbers(4, batch, places, 3 * heads * size)];
        const ours: Operation = (joined) => attendJoined(joined, heads, causal);
        const theirs: Operation = (joined) => {
          const [q, k, v] = split(joined, 3, 2) as [Tensor, Tensor, Tensor];
          return attention(q, k, v, heads, causal);
        };
        await expectAlike(ours, theirs, operands);
      }),
      { numRuns: 15 },
    ));

  it("agrees where rows begin with padding, which gets no gradient, and are nothing but padding", () =>
    fc.assert(
      fc.asyncProperty(...joinedShapes, async (batch, places, heads, size, causal) => {
        const operands = [numbers(5, batch, places, 3 * heads * size)];
        const tokens = () => tensor(paddedTokens(batch, places), [batch, places]);
        const ours: Operation = (joined) => attendJoined(joined, heads, causal, tokens());
        const theirs: Operation = (joined) => {
          const [q, k, v] = split(joined, 3, 2) as [Tensor, Tensor, Tensor];
          return attention(q, k, v, heads, causal, cast(equal(tokens(), 0), "float32"));
        };
        await expectAlike(ours, theirs, operands);
      }),
      { numRuns: 20 },
    ));
});
