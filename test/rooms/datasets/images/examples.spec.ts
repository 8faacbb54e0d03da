import { expect } from "chai";
import { anonymous } from "../../../../src/kernel/context.js";
import type { TenantScope } from "../../../../src/kernel/database/tenant-scope.js";
import type { ImageSize } from "../../../../src/kernel/images/index.js";
import type { ImageExample } from "../../../../src/rooms/datasets/index.js";
import { type TenantOfWorld, World } from "../../../support/world.js";
import { create, put } from "../support.js";
import { grey, jpg, png, zip } from "./support.js";

describe("images: examples to learn from", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("examples");
    other = await world.tenant("others");
  });
  after(() => world.stop());

  const scopeOf = async ({ id }: TenantOfWorld): Promise<TenantScope> => {
    const known = await world.app.house.tenancy.directory.find({ id });
    if (!known) throw new Error("The tenant is there.");
    const origin = { requestId: "test", ip: null, userAgent: null };
    return world.app.house.tenancy.scope(known, { viewer: anonymous, origin });
  };
  const upload = async (archive: Buffer): Promise<string> => {
    const { id, uploadUrl } = await create(tenant.owner, { format: "IMAGES" });
    expect(await put(world, uploadUrl, archive)).to.include({ status: 200 });
    return id;
  };
  const examplesOf = async (id: string, size?: ImageSize): Promise<ImageExample[]> => {
    const { datasets, images } = world.app.house.datasets;
    const scope = await scopeOf(tenant);
    const dataset = await datasets.require(scope, id);
    const examples: ImageExample[] = [];
    for await (const example of images.examples(scope, dataset, size ?? images.suitableSize(dataset)))
      examples.push(example);
    return examples;
  };

  it("have one size, in the archive's order with their labels", async () => {
    const id = await upload(
      zip({
        "a/0.png": png(4, 4, () => [100]),
        "b/1.jpg": jpg(16, 8, () => [10, 200, 30]),
        "a/2.png": png(2, 2, (x, y) => [x * 50, y * 50, 7]),
      }),
    );
    const examples = await examplesOf(id, { width: 2, height: 2, channels: 3 });
    expect(examples.map(({ file, label }) => [file, label])).to.deep.equal([
      ["a/0.png", "a"],
      ["b/1.jpg", "b"],
      ["a/2.png", "a"],
    ]);
    const [first, , last] = examples;
    expect([...(first?.pixels ?? [])]).to.deep.equal(Array<number>(12).fill(100));
    expect([...(last?.pixels ?? [])]).to.deep.equal([0, 0, 7, 50, 0, 7, 0, 50, 7, 50, 50, 7]);
    for (const { width, height, channels, pixels } of examples)
      expect([width, height, channels, pixels.length]).to.deep.equal([2, 2, 3, 12]);
  });

  it("come as they are where all are small, grey and of one size", async () => {
    const id = await upload(zip({ "a/0.png": grey(1), "b/1.png": grey(2) }));
    const [first] = await examplesOf(id);
    expect(first).to.include({ width: 8, height: 8, channels: 1 });
    expect([...(first?.pixels ?? [])].slice(0, 3)).to.deep.equal([37, 42, 47]);
  });

  it("suit large ones of several sizes and colours", async () => {
    const id = await upload(
      zip({ "a/0.png": png(300, 100, () => [1]), "b/1.png": png(100, 100, () => [1, 2, 3]) }),
    );
    const { datasets, images } = world.app.house.datasets;
    const dataset = await datasets.require(await scopeOf(tenant), id);
    expect(images.suitableSize(dataset)).to.deep.equal({ width: 64, height: 32, channels: 3 });
    expect(images.suitableSize(dataset, 16)).to.deep.equal({ width: 16, height: 8, channels: 3 });
  });

  it("are refused of a table, in no size, and to another tenant", async () => {
    const { id: table } = await create(tenant.owner, { content: "a,b\n1,2\n" });
    const id = await upload(zip({ "a/0.png": grey(1), "b/1.png": grey(2) }));
    const failure = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => "none",
        (error: { code: string }) => error.code,
      );
    const size = { width: 8, height: 8, channels: 1 } as const;
    expect(await failure(examplesOf(table, size))).to.equal("BAD_USER_INPUT");
    for (const width of [0, 1.5, 10_000, Number.NaN])
      expect(await failure(examplesOf(id, { ...size, width }))).to.equal("BAD_USER_INPUT");
    const { datasets, images } = world.app.house.datasets;
    const foreign = await scopeOf(other);
    expect(await failure(datasets.require(foreign, id))).to.equal("NOT_FOUND");
    // Even with the row in hand, the other's scope finds no piece of the file.
    const dataset = await datasets.require(await scopeOf(tenant), id);
    expect(await failure(images.examples(foreign, dataset, size).next())).to.equal("NOT_FOUND");
  });
});
