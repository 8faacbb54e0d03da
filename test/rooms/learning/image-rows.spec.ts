import { expect } from "chai";
import type { TenfoldError } from "../../../src/kernel/errors.js";
import { ImageRows } from "../../../src/rooms/learning/image-rows.js";
import { grey, jpg, png } from "../datasets/images/support.js";
import { codeOf } from "./data.js";

const input = { column: "image", width: 2, height: 2, channels: 1 } as const;
const base64 = (bytes: Buffer): string => bytes.toString("base64");

describe("images of a prediction request", () => {
  const rows = new ImageRows();
  after(() => rows.close());

  const faultsOf = async (list: unknown, size: object = input): Promise<string[]> => {
    const error: unknown = await rows.decoded(list, { ...input, ...size }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    const fields = (error as TenfoldError | null)?.extensions.fields;
    return ((fields ?? []) as { path: string }[]).map(({ path }) => path);
  };

  it("become pixels of the model's size, and the rest of a row stays", async () => {
    const image = base64(png(4, 2, (x) => [x < 2 ? 10 : 200]));
    const [row] = await rows.decoded([{ image, label: "cat" }], input);
    expect(row?.label).to.equal("cat");
    expect([...Buffer.from(String(row?.image), "base64")]).to.deep.equal([10, 200, 10, 200]);
  });

  it("may be PNG and JPEG, plain or as data URLs, in the order of the rows", async () => {
    const files = [grey(1), jpg(8, 8, () => [90, 90, 90]), grey(5)];
    const plain = await rows.decoded(
      files.map((file) => ({ image: base64(file) })),
      input,
    );
    const urls = ["png", "jpeg", "png"].map((type, at) => ({
      image: `data:image/${type};base64,${base64(files[at] ?? Buffer.alloc(0))}`,
    }));
    expect(await rows.decoded(urls, input)).to.deep.equal(plain);
    expect(new Set(plain.map(({ image }) => image)).size).to.equal(3);
  });

  it("are refused each at its place, damaged pixels too", async () => {
    const good = { image: base64(grey(1)) };
    const damaged = Buffer.from(grey(2, 64));
    damaged.fill(0, 60, 80);
    expect(await faultsOf([good, { image: base64(damaged) }])).to.deep.equal(["rows.1.image"]);
    expect(await faultsOf([{ image: "GIF8" }, good, {}, { image: 5 }])).to.deep.equal([
      "rows.0.image",
      "rows.2.image",
      "rows.3.image",
    ]);
    // A column of that name which the row does not have of its own is none.
    expect(await faultsOf([{}], { column: "toString" })).to.deep.equal(["rows.0.toString"]);
  });

  it("are refused together where they would take too much", async () => {
    const good = { image: base64(grey(1)) };
    const size = { width: 256, height: 256, channels: 3 };
    expect(await faultsOf(Array<object>(22).fill(good), size)).to.deep.equal(["rows"]);
    expect(await faultsOf("no list")).to.deep.equal(["rows"]);
    expect(await faultsOf(Array<object>(1_001).fill(good))).to.deep.equal(["rows"]);
  });

  it("are not decoded once it is closed", async () => {
    const closed = new ImageRows();
    await closed.close();
    expect(await codeOf(closed.decoded([{ image: base64(grey(1)) }], input))).to.equal("UNAVAILABLE");
  });
});
