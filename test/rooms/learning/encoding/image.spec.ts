import { expect } from "chai";
import fc from "fast-check";
import {
  fitImage,
  imageCell,
  imageFeatureSchema,
  imageWidth,
  imageWriter,
} from "../../../../src/rooms/learning/encoding/index.js";

const size = { width: 2, height: 3, channels: 3 } as const;
const pixelsOf = fc.uint8Array({ minLength: imageWidth(size), maxLength: imageWidth(size) });

describe("encoding of images", () => {
  it("has mean 0 and deviation 1 in each channel of the images it was learnt on", () => {
    fc.assert(
      fc.property(fc.array(pixelsOf, { minLength: 1, maxLength: 8 }), (images) => {
        const cells = images.map(imageCell);
        const write = imageWriter(fitImage("image", cells, size));
        const out = new Float32Array(cells.length * imageWidth(size));
        cells.forEach((cell, row) => write(cell, out, row * imageWidth(size)));
        for (let channel = 0; channel < 3; channel++) {
          const values = Array.from(out).filter((_, at) => at % 3 === channel);
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
          expect(mean).to.be.closeTo(0, 1e-4);
          // A channel of one brightness has none.
          if (variance > 0) expect(variance).to.be.closeTo(1, 1e-3);
        }
      }),
    );
  });

  it("learns the same whatever the order of the images", () => {
    fc.assert(
      fc.property(fc.array(pixelsOf, { minLength: 2, maxLength: 6 }), (images) => {
        const cells = images.map(imageCell);
        expect(fitImage("image", cells.toReversed(), size)).to.deep.equal(fitImage("image", cells, size));
      }),
    );
  });

  it("writes nothing beyond its image, nor for a cell without one", () => {
    const feature = fitImage("image", [imageCell(new Uint8Array(18).fill(9))], size);
    const out = new Float32Array(20);
    imageWriter(feature)(imageCell(new Uint8Array(40).fill(10)), out, 1);
    expect([out[0], out[1], out[18], out[19]]).to.deep.equal([0, 1, 1, 0]);
    const empty = new Float32Array(18);
    for (const cell of [null, undefined, ""]) imageWriter(feature)(cell, empty, 0);
    expect(empty.every((value) => value === 0)).to.equal(true);
  });

  it("is read back from an artefact only as it may have been written", () => {
    const good = fitImage("image", [imageCell(new Uint8Array(18).fill(9))], size);
    expect(imageFeatureSchema.safeParse(good).success).to.equal(true);
    const bad = [
      { width: 0 },
      { width: 65_536 },
      { channels: 2 },
      { channels: 1 },
      { mean: [1] },
      { deviation: [1, 1, 0] },
      { deviation: [1, 1] },
      { height: 1.5 },
    ];
    for (const change of bad)
      expect(imageFeatureSchema.safeParse({ ...good, ...change }).success, JSON.stringify(change)).to.equal(
        false,
      );
  });
});
