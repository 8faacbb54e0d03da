import { expect } from "chai";
import fc from "fast-check";
import { type Pixels, resized, withChannels } from "../../../src/kernel/images/pixels.js";

const line = (...pixels: number[]): Pixels => ({
  width: pixels.length,
  height: 1,
  channels: 1,
  pixels: Uint8Array.from(pixels),
});

describe("images: resizing", () => {
  it("shrinks to the mean of what each pixel covers", () => {
    expect([...resized(line(10, 20, 30, 50), 2, 1).pixels]).to.deep.equal([15, 40]);
    // Each of two pixels covers one and a half: (30 + 60 / 2) / 1.5 and (60 / 2 + 90) / 1.5.
    expect([...resized(line(30, 60, 90), 2, 1).pixels]).to.deep.equal([40, 80]);
  });

  it("grows along the line between neighbours", () => {
    expect([...resized(line(0, 100), 4, 1).pixels]).to.deep.equal([0, 25, 75, 100]);
    expect([...resized(line(9), 3, 1).pixels]).to.deep.equal([9, 9, 9]);
  });

  it("keeps channels apart and goes both ways at once", () => {
    const image = {
      width: 2,
      height: 2,
      channels: 3,
      pixels: Uint8Array.from([0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14]),
    };
    expect([...resized(image, 1, 1).pixels]).to.deep.equal([6, 7, 8]);
    expect([...resized(image, 1, 4).pixels].filter((_, at) => at % 3 === 0)).to.deep.equal([2, 4, 8, 10]);
  });

  it("stays between the darkest and the brightest, in any size", () => {
    const side = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.constantFrom(1, 3),
        (width, height, toWidth, toHeight, channels) => {
          const pixels = Uint8Array.from(
            { length: width * height * channels },
            (_, at) => 40 + ((at * 97) % 170),
          );
          const to = resized({ width, height, channels, pixels }, toWidth, toHeight);
          expect(to.pixels).to.have.lengthOf(toWidth * toHeight * channels);
          return to.pixels.every((value) => value >= 40 && value < 210);
        },
      ),
    );
  });

  it("makes brightness of colours and colours of brightness", () => {
    const colours = {
      width: 3,
      height: 1,
      channels: 3,
      pixels: Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255]),
    };
    expect([...withChannels(colours, 1).pixels]).to.deep.equal([76, 150, 29]);
    expect([...withChannels(line(5, 6), 3).pixels]).to.deep.equal([5, 5, 5, 6, 6, 6]);
  });
});
