import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { create, find, text } from "./support.js";

const columnFields =
  "columns { name kind missing distinct distinctExceeded integer minimum maximum mean standardDeviation categories { value count } examples }";

// Figures of pandas: read_csv, describe, value_counts.
describe("datasets: the profile of a real file", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let id: string;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("profile");
    ({ id } = await create(tenant.owner, { name: "penguins", content: text("penguins.csv") }));
  });
  after(() => world.stop());

  const columnsOf = async (dataset: string): Promise<Map<string, Record<string, unknown>>> => {
    const { columns } = await find(tenant.owner, dataset, columnFields);
    return new Map((columns as { name: string }[]).map((column) => [column.name, column]));
  };
  const balance = (column: string, dataset = id) =>
    tenant.owner.send(
      `query ($id: ID!, $column: String!) { dataset(id: $id) { targetBalance(column: $column) {
        column kind missing complete imbalanceRatio minimum maximum mean classes { value count share } } } }`,
      { id: dataset, column },
    );

  it("counts missing values and names categories with their counts", async () => {
    const columns = await columnsOf(id);
    expect([...columns].map(([name, { missing }]) => [name, missing])).to.deep.equal(
      [
        ["species", 0],
        ["island", 0],
        ["bill_length_mm", 2],
        ["bill_depth_mm", 2],
        ["flipper_length_mm", 2],
        ["body_mass_g", 2],
        ["sex", 11],
      ].slice(0, columns.size),
    );
    expect(columns.get("species")).to.deep.include({
      kind: "CATEGORY",
      distinct: 3,
      distinctExceeded: false,
      integer: false,
      minimum: null,
      mean: null,
      categories: [
        { value: "Adelie", count: 152 },
        { value: "Gentoo", count: 124 },
        { value: "Chinstrap", count: 68 },
      ],
    });
  });

  it("gives range, mean and deviation of numbers", async () => {
    const mass = (await columnsOf(id)).get("body_mass_g");
    expect(mass).to.include({ kind: "NUMBER", integer: true, minimum: 2700, maximum: 6300 });
    expect(mass?.["mean"]).to.be.closeTo(4201.754_386, 1e-6);
    expect(mass?.["standardDeviation"]).to.be.closeTo(801.954_536, 1e-6);
  });

  it("gives the balance of a class target", async () => {
    const answer = await balance("species");
    expect(answer).to.succeed();
    const { classes, ...others } = answer.data.dataset.targetBalance;
    expect(others).to.deep.include({
      column: "species",
      kind: "CATEGORY",
      missing: 0,
      complete: true,
      minimum: null,
    });
    expect(others.imbalanceRatio).to.be.closeTo(152 / 68, 1e-12);
    expect(classes[0]).to.deep.equal({ value: "Adelie", count: 152, share: 152 / 344 });
  });

  it("gives the numbers of a regression target", async () => {
    const { targetBalance } = (await balance("body_mass_g")).data.dataset;
    expect(targetBalance).to.deep.include({
      kind: "NUMBER",
      missing: 2,
      classes: null,
      minimum: 2700,
      maximum: 6300,
    });
  });

  it("refuses a column that isn't there and names those that are", async () => {
    const answer = await balance("colour");
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(answer.errors?.[0]?.message).to.include("species");
    expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("0.path", "column");
  });

  it("has neither columns nor balance before there is a file", async () => {
    const pending = await create(tenant.owner, {});
    expect(
      await find(tenant.owner, pending.id, "status rowCount sizeBytes sha256 columns { name }"),
    ).to.deep.equal({
      status: "PENDING",
      rowCount: null,
      sizeBytes: null,
      sha256: null,
      columns: [],
    });
    expect(await balance("species", pending.id)).to.failWith("DATASET_NOT_READY");
  });

  it("survives numbers at the edge of a double", async () => {
    const wide = await create(tenant.owner, { content: "a\n1e308\n-1e308\n-0\n" });
    expect((await columnsOf(wide.id)).get("a")).to.deep.include({
      kind: "NUMBER",
      minimum: -1e308,
      maximum: 1e308,
    });
  });
});
