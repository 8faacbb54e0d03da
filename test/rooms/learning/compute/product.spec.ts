import {
  einsum,
  fused,
  grads,
  matMul,
  square,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expectClose, expectParity, expectSame, numbers, type Operation, onOurs } from "./both.js";

const side = fc.integer({ min: 1, max: 40 });

describe("matrix products against the cpu back end", function () {
  this.timeout(60_000);

  it("agree for any sides, transposed or not, gradients included", () =>
    fc.assert(
      fc.asyncProperty(side, side, side, fc.boolean(), fc.boolean(), (rows, depth, columns, left, right) =>
        expectParity(
          (a, b) => matMul(a, b, left, right),
          [
            numbers(1, ...(left ? [depth, rows] : [rows, depth])),
            numbers(2, ...(right ? [columns, depth] : [depth, columns])),
          ],
        ),
      ),
      { numRuns: 25 },
    ));

  it("agree over every block's edge", () =>
    expectParity((a, b) => matMul(a, b), [numbers(3, 101, 521), numbers(4, 521, 523)]));

  it("agree for batches and for one matrix against a batch", async () => {
    await expectParity((a, b) => matMul(a, b, false, true), [numbers(5, 2, 3, 7, 5), numbers(6, 2, 3, 9, 5)]);
    await expectSame(() => [
      matMul(tensor(numbers(7, 4, 7, 5).values, [4, 7, 5]), tensor(numbers(8, 1, 5, 6).values, [1, 5, 6])),
      matMul(tensor(numbers(7, 1, 7, 5).values, [1, 7, 5]), tensor(numbers(8, 3, 5, 6).values, [3, 5, 6])),
    ]);
  });

  for (const activation of ["linear", "relu", "sigmoid", "elu"] as const)
    it(`agree fused with a bias and ${activation}`, () =>
      expectParity(
        (a, b, bias) => fused.matMul({ a, b, bias, activation }),
        [numbers(9, 10, 12), numbers(10, 12, 11), numbers(11, 11)],
      ));

  for (const [equation, ...shapes] of [
    ["ij,jk->ik", [3, 4], [4, 5]],
    ["bqhd,bkhd->bhqk", [2, 5, 3, 4], [2, 6, 3, 4]],
    ["bhqk,bkhd->bqhd", [2, 3, 5, 6], [2, 6, 3, 4]],
    ["abc,cd->abd", [2, 3, 4], [4, 5]],
    ["ij,j->i", [3, 4], [4]],
  ] as [string, number[], number[]][])
    it(`agree as the sum of products ${equation}`, async () => {
      const [a, b] = [numbers(12, ...(shapes[0] ?? [])), numbers(13, ...(shapes[1] ?? []))];
      const work = () => [einsum(equation, tensor(a.values, a.shape), tensor(b.values, b.shape))];
      await expectSame(work);
    });

  it("give a sum of products the gradients of the same product written out", async () => {
    const [a, b] = [numbers(14, 2, 5, 3, 4), numbers(15, 2, 6, 3, 4)];
    const written = (x: Tensor, y: Tensor) =>
      matMul(transpose(x, [0, 2, 1, 3]), transpose(y, [0, 2, 1, 3]), false, true);
    const gradients = (operation: Operation) => () => {
      const loss = (...inputs: Tensor[]) => sum(square(operation(...inputs)));
      return grads(loss)([tensor(a.values, a.shape), tensor(b.values, b.shape)]);
    };
    const ours = await onOurs(gradients((x, y) => einsum("bqhd,bkhd->bhqk", x, y)));
    expectClose(ours, await onOurs(gradients((x, y) => written(x, y))));
  });
});
