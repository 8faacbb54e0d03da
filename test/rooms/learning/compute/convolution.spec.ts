import {
  conv1d,
  conv2d,
  depthwiseConv2d,
  type Tensor3D,
  type Tensor4D,
  tensor4d,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expectParity, expectSame, numbers, type Operation } from "./both.js";

const convolution =
  (stride: number | [number, number], pad: "same" | "valid" | number): Operation =>
  (x, filter) =>
    conv2d(x as Tensor4D, filter as Tensor4D, stride, pad);

describe("convolutions against the cpu back end", function () {
  this.timeout(60_000);

  it("agree for any shape, stride and padding, gradients included", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 3 }),
          sides: fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })),
          channels: fc.integer({ min: 1, max: 9 }),
          filters: fc.integer({ min: 1, max: 9 }),
          window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
          stride: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
          pad: fc.constantFrom<"same" | "valid" | number>("same", "valid"),
        }),
        ({ batch, sides, channels, filters, window, stride, pad }) =>
          expectParity(convolution(stride, pad), [
            numbers(1, batch, ...sides, channels),
            numbers(2, ...window, channels, filters),
          ]),
      ),
      { numRuns: 25 },
    ));

  it("agree where the unfolded input is larger than one block", () =>
    expectParity(convolution(1, "same"), [numbers(3, 2, 30, 30, 40), numbers(4, 3, 3, 40, 10)]));

  it("agree with explicit numbers of padding", () =>
    expectParity(convolution(2, 2), [numbers(5, 2, 7, 7, 3), numbers(6, 3, 3, 3, 5)]));

  it("agree with dilation, forward", () => {
    const [x, filter] = [numbers(7, 2, 9, 9, 3), numbers(8, 3, 3, 3, 4)];
    return expectSame(() => {
      const [image, weights] = [tensor4d(x.values, [2, 9, 9, 3]), tensor4d(filter.values, [3, 3, 3, 4])];
      return [conv2d(image, weights, 1, "same", "NHWC", [2, 2])];
    });
  });

  it("agree along one dimension", () =>
    expectParity(
      (x, filter) => conv1d(x as Tensor3D, filter as Tensor3D, 1, "same"),
      [numbers(9, 3, 20, 5), numbers(10, 4, 5, 7)],
    ));

  for (const [stride, pad, multiplier] of [
    [1, "same", 1],
    [2, "same", 2],
    [1, "valid", 3],
  ] as const)
    it(`agree depthwise with stride ${stride}, ${pad} padding and multiplier ${multiplier}`, () =>
      expectParity(
        (x, filter) => depthwiseConv2d(x as Tensor4D, filter as Tensor4D, stride, pad),
        [numbers(11, 2, 8, 7, 5), numbers(12, 3, 3, 5, multiplier)],
      ));
});
