import { expect } from "chai";
import fc from "fast-check";
import {
  faultsOf,
  outline,
  suitableImageArchitecture,
} from "../../../../src/rooms/learning/architecture/index.js";

const convolutionsOf = (shape: number[]): number =>
  suitableImageArchitecture({ shape }).layers.filter(({ type }) => type === "CONV2D").length;

describe("an architecture that suits images", () => {
  it("is within all limits for any size that images are scaled to", () => {
    const side = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(1, 3), (height, width, channels) => {
        const input = { shape: [height, width, channels] };
        const architecture = suitableImageArchitecture(input);
        expect(faultsOf(architecture, input, 1_000, 32)).to.deep.equal([]);
      }),
    );
  });

  it("is deeper for larger images, and ends as small", () => {
    expect([8, 16, 32, 64].map((side) => convolutionsOf([side, side, 3]))).to.deep.equal([2, 2, 3, 4]);
    for (const side of [32, 64, 128]) {
      const input = { shape: [side, side, 3] };
      const architecture = suitableImageArchitecture(input);
      const flat = architecture.layers.findIndex(({ type }) => type === "FLATTEN");
      const before = outline(architecture, input, 10).layers[flat - 1]?.shape ?? [];
      expect(before.slice(0, 2)).to.deep.equal([4, 4]);
    }
  });
});
