import {
  add,
  cast,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  notEqual,
  round,
  squaredDifference,
  sub,
  tensor,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expectParity, expectSame, numbers, type Operation, type Values } from "./both.js";

const operations: Record<string, Operation> = { add, sub, mul };
// tfjs's own gradients of these know no repeated operand.
const unrepeated: Record<string, Operation> = { maximum, minimum, squaredDifference };
const comparisons = { equal, notEqual, greater, greaterEqual, less, lessEqual };

const shapes: [number[], number[]][] = [
  [
    [3, 5],
    [3, 5],
  ],
  [[3, 4, 5], [5]],
  [[6, 7], []],
  [
    [3, 4, 5],
    [3, 1, 5],
  ],
  [
    [3, 4, 1],
    [3, 4, 9],
  ],
  [
    [2, 1, 3, 1],
    [2, 5, 3, 4],
  ],
  [
    [2, 1, 3, 1, 2],
    [1, 4, 1, 5, 1],
  ],
];
const away = ({ shape, values }: Values): Values => ({
  shape,
  values: values.map((value) => value + Math.sign(value || 1) * 0.5),
});

describe("operations of two operands against the cpu back end", function () {
  this.timeout(60_000);

  for (const [a, b] of shapes) {
    const title = `for [${a.join()}] and [${b.join()}]`;
    it(`agree ${title}, gradients included`, async () => {
      for (const operation of Object.values(operations))
        await expectParity(operation, [numbers(1, ...a), numbers(2, ...b)]);
      await expectParity(div, [numbers(3, ...a), away(numbers(4, ...b))]);
    });

    it(`agree in the larger, the smaller and the squared difference ${title}`, async () => {
      const [left, right] = [numbers(9, ...a), numbers(10, ...b)];
      for (const operation of Object.values(unrepeated)) {
        await expectSame(() => [
          operation(tensor(left.values, left.shape), tensor(right.values, right.shape)),
        ]);
        await expectParity(operation, [left, numbers(11, ...a)]);
      }
    });

    it(`compare ${title}`, async () => {
      const [left, right] = [numbers(5, ...a), numbers(6, ...b)];
      for (const comparison of Object.values(comparisons))
        await expectSame(() => {
          // Rounded, so that some are equal.
          const [x, y] = [tensor(left.values, left.shape), tensor(right.values, right.shape)];
          return [cast(comparison(round(x), round(y)), "float32")];
        });
    });
  }

  it("agree for any shape that fits", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom("both", "a", "b")), {
          minLength: 1,
          maxLength: 5,
        }),
        async (sides) => {
          const a = sides.map(([side, moves]) => (moves === "b" ? 1 : side));
          const b = sides.map(([side, moves]) => (moves === "a" ? 1 : side));
          await expectParity((x, y) => mul(x, y), [numbers(7, ...a), numbers(8, ...b)]);
        },
      ),
      { numRuns: 30 },
    ));
});
