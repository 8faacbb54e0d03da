import { avgPool, maxPool, type Tensor4D } from "@tensorflow/tfjs-core";
import { expectParity, numbers, type Values } from "./both.js";

const negative = ({ shape, values }: Values): Values => ({ shape, values: values.map((value) => value - 3) });

describe("pooling against the cpu back end", () => {
  for (const [size, stride, pad] of [
    [2, 2, "valid"],
    [3, 1, "same"],
    [3, 2, "same"],
    [2, 1, "valid"],
  ] as const) {
    const windows = `windows of ${size}, stride ${stride} and ${pad} padding`;
    it(`takes the largest of ${windows}, gradient included`, () =>
      expectParity((x) => maxPool(x as Tensor4D, size, stride, pad), [numbers(1, 2, 7, 8, 5)]));
    it(`takes the largest where all are negative, of ${windows}`, () =>
      expectParity((x) => maxPool(x as Tensor4D, size, stride, pad), [negative(numbers(2, 2, 7, 8, 5))]));
    it(`takes the mean of ${windows}, gradient included`, () =>
      expectParity((x) => avgPool(x as Tensor4D, size, stride, pad), [numbers(3, 2, 7, 8, 5)]));
  }

  it("gives the gradient to the first of equal values", () =>
    expectParity(
      (x) => maxPool(x as Tensor4D, 2, 2, "valid"),
      [{ shape: [1, 4, 4, 1], values: Array.from({ length: 16 }, () => -1) }],
    ));
});
