import { conv2d, tensor4d, type Tensor4D } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import fc from "fast-check";
import { expectParity, numbers, onOurs, type Operation } from "./both.js";

/** Wide enough, with enough channels, that the engine takes Winograd's way. */
const convolution =
  (pad: "same" | "valid"): Operation =>
  (x, filter) =>
    conv2d(x as Tensor4D, filter as Tensor4D, 1, pad);

describe("convolutions by Winograd's way against the cpu back end", function () {
  this.timeout(60_000);

  it("agree for any window up to 7, width and padding, gradients included", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 2 }),
          sides: fc.tuple(fc.integer({ min: 3, max: 5 }), fc.integer({ min: 7, max: 30 })),
          channels: fc.constantFrom(16, 20, 32),
          filters: fc.constantFrom(16, 24),
          window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 3, max: 7 })),
          pad: fc.constantFrom<"same" | "valid">("same", "valid"),
        }),
        ({ batch, sides, channels, filters, window, pad }) =>
          expectParity(convolution(pad), [
            numbers(1, batch, ...sides, channels),
            numbers(2, ...window, channels, filters),
          ]),
      ),
      { numRuns: 15 },
    ));

  /** 1,120 tiles of 8 · (16 + 16) numbers, where a block holds 2¹⁸ of them; few channels spare the oracle products. */
  it("agree where the tiles are more than one block", () =>
    expectParity(convolution("same"), [numbers(3, 4, 40, 40, 16), numbers(4, 1, 3, 16, 16)]));

  it("stay within 2·10⁻⁵ of the exact sums, as a share of what these commonly are", async () => {
    const [x, filter] = [numbers(5, 1, 1, 40, 64), numbers(6, 1, 3, 64, 32)];
    const work = () => [
      conv2d(tensor4d(x.values, [1, 1, 40, 64]), tensor4d(filter.values, [1, 3, 64, 32]), 1, "valid"),
    ];
    const [ours] = await onOurs(work);
    const exact = Array.from({ length: 38 * 32 }, (_, at) => {
      const [place, unit] = [Math.floor(at / 32), at % 32];
      let sum = 0;
      for (let i = 0; i < 3 * 64; i++)
        sum += Math.fround(x.values[place * 64 + i] ?? 0) * Math.fround(filter.values[i * 32 + unit] ?? 0);
      return sum;
    });
    const common = Math.sqrt(exact.reduce((sum, value) => sum + value * value, 0) / exact.length);
    const errors = exact.map((value, at) => Math.abs(value - (ours?.values[at] ?? Number.NaN)) / common);
    expect(Math.max(...errors)).to.be.below(2e-5);
  });
});
