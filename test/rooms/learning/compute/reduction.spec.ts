import {
  gather,
  grad,
  max,
  mul,
  sum,
  tensor,
  tensor1d,
  tile,
  unsortedSegmentSum,
} from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { expectParity, expectSame, numbers, onOurs } from "./both.js";

describe("sums and largest values against the cpu back end", () => {
  for (const axes of [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]])
    it(`agree over the axes ${axes.join()}, gradients included`, async () => {
      await expectParity((x) => sum(x, axes), [numbers(1, 5, 7, 9)]);
      await expectParity((x) => sum(x, axes, true), [numbers(2, 5, 7, 9)]);
      await expectParity((x) => max(x, axes), [numbers(1, 5, 7, 9)]);
      await expectParity((x) => max(x, axes, true), [numbers(2, 5, 7, 9)]);
    });

  it("agree where segments repeat, are absent or are out of range", () => {
    const ids = () => tensor1d([0, 3, 3, -1, 7, 0], "int32");
    return expectSame(() => [unsortedSegmentSum(tensor(numbers(3, 6, 5).values, [6, 5]), ids(), 5)]);
  });

  it("agree as the gradient of rows taken by number", () =>
    expectParity((x) => gather(x, tensor1d([4, 1, 1, 0, 4, 4], "int32")), [numbers(4, 6, 7)]));
});

describe("the gradient of repetition", () => {
  for (const [shape, reps] of [
    [[3], [4]],
    [
      [2, 3],
      [3, 1],
    ],
    [
      [2, 3, 1],
      [1, 1, 50],
    ],
    [
      [2, 1, 3, 2],
      [2, 3, 1, 2],
    ],
    [
      [1, 2, 1, 2, 1],
      [2, 1, 3, 1, 2],
    ],
  ] as [number[], number[]][])
    it(`is for [${shape.join()}] repeated [${reps.join()}] times the sum of each value's copies`, async () => {
      const total = shape.map((side, axis) => side * (reps[axis] ?? 1));
      const dy = numbers(5, ...total);
      const [gradient] = await onOurs(() => {
        const share = tensor(dy.values, total);
        return [grad((x) => sum(mul(tile(x, reps), share)))(tensor(numbers(6, ...shape).values, shape))];
      });
      const wanted = new Float64Array(shape.reduce((product, side) => product * side, 1));
      dy.values.forEach((value, at) => {
        let [rest, place, step] = [at, 0, 1];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          const [side, wide] = [shape[axis] ?? 1, total[axis] ?? 1];
          place += ((rest % wide) % side) * step;
          rest = Math.floor(rest / wide);
          step *= side;
        }
        wanted[place] = (wanted[place] ?? 0) + value;
      });
      wanted.forEach((value, at) => expect(gradient?.values[at]).to.be.closeTo(value, 1e-4));
    });
});
