import { expect } from "chai";
import fc from "fast-check";
import { checkedHeader, decodeImage } from "../../../src/kernel/images/decode.js";
import { ImageFault, ImageTooLarge } from "../../../src/kernel/images/headers.js";
import { pixelLimits } from "../../../src/kernel/images/limits.js";
import type { Pixels } from "../../../src/kernel/images/pixels.js";
import { grey, jpg, png, rawPng } from "../../rooms/datasets/images/support.js";

const decode = (bytes: Buffer): Pixels => decodeImage(bytes, checkedHeader(bytes, pixelLimits));
const values = ({ pixels }: Pixels): number[] => [...pixels];
const faultOf = (bytes: Buffer): unknown => {
  try {
    decode(bytes);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("images: decoding", () => {
  it("gives each pixel of a PNG in every number of channels, transparency on white", () => {
    const paints: [paint: number[], expected: number[]][] = [
      [[7], [7]],
      [[100, 0], [255]],
      [[0, 51], [204]],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      [
        [10, 20, 30, 255],
        [10, 20, 30],
      ],
      [
        [10, 20, 30, 0],
        [255, 255, 255],
      ],
    ];
    for (const [paint, expected] of paints) {
      const image = decode(png(3, 2, () => paint));
      expect([image.width, image.height, image.channels]).to.deep.equal([3, 2, expected.length]);
      expect(values(image)).to.deep.equal(Array.from({ length: 6 }, () => expected).flat());
    }
  });

  it("gives 16 bits as their upper eight", () => {
    expect(values(decode(png(2, 1, (x) => [x === 0 ? 0x1234 : 0xff00], 16)))).to.deep.equal([0x12, 0xff]);
  });

  it("unpacks brightness of 1, 2 and 4 bits, each line begun anew", () => {
    const at = (depth: number, width: number, lines: number[]): number[] =>
      values(decode(rawPng({ width, height: 2, depth, colour: 0, lines: Buffer.from(lines) })));
    expect(at(1, 3, [0, 0b10100000, 0, 0b01000000])).to.deep.equal([255, 0, 255, 0, 255, 0]);
    expect(at(2, 3, [0, 0b00011000, 0, 0b11000100])).to.deep.equal([0, 85, 170, 255, 0, 85]);
    expect(at(4, 1, [0, 0x50, 0, 0xf0])).to.deep.equal([85, 255]);
  });

  it("refuses a depth that its colour type can't have", () => {
    const lines = Buffer.alloc(200);
    for (const [depth, colour] of [
      [2, 2],
      [4, 6],
      [1, 4],
      [16, 3],
      [5, 0],
    ] as const)
      expect(
        faultOf(rawPng({ width: 8, height: 8, depth, colour, palette: [1, 2, 3], lines })),
      ).to.have.property("message", "has a colour type or depth that PNG does not know.");
  });

  it("looks colours up, with transparency on white", () => {
    const palette = [255, 0, 0, 0, 0, 255];
    const image = { width: 4, height: 1, depth: 1, colour: 3, palette, lines: Buffer.from([0, 0b01010000]) };
    expect(values(decode(rawPng(image)))).to.deep.equal([255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255]);
    const clear = decode(rawPng({ ...image, transparency: [0] }));
    expect(values(clear).slice(0, 6)).to.deep.equal([255, 255, 255, 0, 0, 255]);
  });

  it("puts the seven passes of an interlaced PNG together, and refuses what it can't", () => {
    // Adam7 (ISO/IEC 15948, 8.2): first column and row, and the steps between, of each pass.
    const passes = [
      [0, 0, 8, 8],
      [4, 0, 8, 8],
      [0, 4, 4, 8],
      [2, 0, 4, 4],
      [0, 2, 2, 4],
      [1, 0, 2, 2],
      [0, 1, 1, 2],
    ] as const;
    const [width, height] = [11, 9];
    const lines: number[] = [];
    for (const [column, row, across, down] of passes)
      for (let y = row; y < height; y += down) {
        lines.push(0);
        for (let x = column; x < width; x += across) lines.push(y * width + x);
      }
    const image = { width, height, depth: 8, colour: 0, interlaced: true, lines: Buffer.from(lines) };
    expect(values(decode(rawPng(image)))).to.deep.equal(Array.from({ length: 99 }, (_, at) => at));
    expect(faultOf(rawPng({ ...image, depth: 1 }))).to.be.instanceOf(ImageFault);
    expect(faultOf(rawPng({ ...image, lines: Buffer.from(lines.slice(1)) }))).to.be.instanceOf(ImageFault);
  });

  it("gives the colours of a JPEG, nearly", () => {
    const image = decode(jpg(16, 8, (x) => (x < 8 ? [200, 30, 40] : [20, 90, 220])));
    expect([image.width, image.height, image.channels]).to.deep.equal([16, 8, 3]);
    [200, 30, 40].forEach((value, channel) => expect(image.pixels[channel]).to.be.closeTo(value, 6));
    [20, 90, 220].forEach((value, channel) => expect(image.pixels[15 * 3 + channel]).to.be.closeTo(value, 6));
  });

  it("refuses by the header what is too large, before it is decoded", () => {
    const lines = Buffer.alloc(10);
    const sizes = [
      [4_097, 1],
      [1, 4_097],
      [2 ** 31, 2 ** 31 - 1],
    ] as const;
    for (const [width, height] of sizes)
      expect(faultOf(rawPng({ width, height, depth: 8, colour: 0, lines }))).to.be.instanceOf(ImageTooLarge);
    const deep = { width: 4_096, height: 4_096, depth: 16, colour: 6, lines };
    expect(faultOf(rawPng(deep))).to.be.instanceOf(ImageTooLarge);
    const photo = jpg(8, 8, () => [1, 2, 3]);
    photo.writeUInt16BE(60_000, photo.indexOf("ffc0", 0, "hex") + 5);
    expect(faultOf(photo)).to.be.instanceOf(ImageTooLarge);
    expect(faultOf(rawPng({ width: 0, height: 8, depth: 8, colour: 0, lines }))).to.be.instanceOf(ImageFault);
  });

  it("inflates no more than an image's size says, and no less", () => {
    for (const length of [9 * 2 ** 20, 71, 73])
      expect(
        faultOf(rawPng({ width: 8, height: 8, depth: 8, colour: 0, lines: Buffer.alloc(length) })),
      ).to.be.instanceOf(ImageFault);
    expect(
      values(decode(rawPng({ width: 8, height: 8, depth: 8, colour: 0, lines: Buffer.alloc(72) }))),
    ).to.deep.equal(Array<number>(64).fill(0));
  });

  it("refuses a file cut off anywhere", () => {
    for (const whole of [grey(3), jpg(16, 16, (x, y) => [x * 9, y * 9, 99])])
      for (let length = 0; length < whole.length - 1; length += 7)
        expect(faultOf(whole.subarray(0, length)), String(length)).to.be.instanceOf(ImageFault);
  });

  it("gives pixels or a fault for whatever bytes, and nothing else", () => {
    const originals = [grey(5), png(5, 4, () => [1, 2, 3, 4]), jpg(12, 9, (x, y) => [x * 20, y * 20, 7])];
    const changes = fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...originals), changes, (original, altered) => {
        const bytes = Buffer.from(original);
        for (const [place, value] of altered) bytes[place % bytes.length] = value;
        const fault = faultOf(bytes);
        return fault === undefined || fault instanceof ImageFault;
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom("", "89504e470d0a1a0a", "ffd8ffe0"),
        fc.uint8Array({ maxLength: 200 }),
        (start, rest) => faultOf(Buffer.concat([Buffer.from(start, "hex"), rest])) instanceof ImageFault,
      ),
    );
  });

  it("refuses a JPEG of a thousand scans", () => {
    const whole = jpg(8, 8, () => [1, 2, 3]);
    const from = whole.indexOf("ffda", 0, "hex");
    const scans = Array.from({ length: 1_000 }, () => whole.subarray(from, from + 14));
    const fault = faultOf(Buffer.concat([whole.subarray(0, from), ...scans, whole.subarray(from)]));
    expect(fault).to.be.instanceOf(ImageFault).with.property("message").that.contains("scans");
  });
});
