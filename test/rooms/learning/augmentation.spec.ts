import { expect } from "chai";
import fc from "fast-check";
import { augmented } from "../../../src/rooms/learning/augmentation.js";
import { seededRandom } from "../../../src/rooms/learning/random.js";

const shape = [4, 8, 1];
const image = Float32Array.from({ length: 32 }, (_, at) => at);
const copies = (count: number): Float32Array => Float32Array.from({ length: 32 * count }, (_, at) => at % 32);
const each = (values: Float32Array): number[][] =>
  Array.from({ length: values.length / 32 }, (_, at) => [...values.subarray(at * 32, at * 32 + 32)]);

describe("augmentation", () => {
  it("leaves images as they are where nothing is asked for", () => {
    const out = augmented(image, shape, { shift: 0, flip: false }, seededRandom(1));
    expect([...out]).to.deep.equal([...image]);
  });

  it("mirrors about half of them, left to right", () => {
    const mirrored = Array.from(image, (_, at) => Math.floor(at / 8) * 8 + 7 - (at % 8));
    const kinds = each(augmented(copies(200), shape, { shift: 0, flip: true }, seededRandom(2))).map(
      (values) => JSON.stringify(values) === JSON.stringify(mirrored),
    );
    expect(kinds.filter(Boolean).length).to.be.within(70, 130);
  });

  it("moves them by no more than the part asked for, repeating the edge", () => {
    const seen = new Set<string>();
    for (const values of each(augmented(copies(200), shape, { shift: 0.25, flip: false }, seededRandom(3)))) {
      // The pixel in the middle tells how far it was moved: a line is 8 long.
      const [down, across] = [2 - Math.floor((values[20] ?? 0) / 8), 4 - ((values[20] ?? 0) % 8)];
      seen.add(`${down} ${across}`);
      const expected = Array.from({ length: 32 }, (_, at) => {
        const [y, x] = [Math.floor(at / 8) - down, (at % 8) - across];
        return Math.min(3, Math.max(0, y)) * 8 + Math.min(7, Math.max(0, x));
      });
      expect(values).to.deep.equal(expected);
    }
    expect(seen.size).to.equal(3 * 5);
  });

  it("keeps the channels of a pixel together", () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, flip) => {
        const colours = Float32Array.from(
          { length: 5 * 3 * 3 },
          (_, at) => Math.floor(at / 3) * 10 + (at % 3),
        );
        const out = augmented(colours, [5, 3, 3], { shift: 0.25, flip }, seededRandom(seed));
        for (let at = 0; at < out.length; at++) expect((out[at] ?? 0) % 10).to.equal(at % 3);
      }),
    );
  });
});
