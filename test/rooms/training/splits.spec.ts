import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, quick, start, tryStart } from "./support.js";

/** A year of days, of ten customers; what is bought depends on the amount. */
const orders = [
  "day,customer,note,amount,bought",
  ...Array.from({ length: 120 }, (_, row) => {
    const day = new Date(Date.UTC(2024, 0, 1 + ((row * 37) % 120))).toISOString().slice(0, 10);
    return `${day},c${row % 10},n${(row * 31) % 7},${(row * 13) % 29},${(row * 13) % 29 > 14 ? "yes" : "no"}`;
  }),
].join("\n");

describe("training: splits", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let datasetId: string;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("splits");
    datasetId = await createDataset(tenant.owner, orders, "orders");
    modelId = await createModel(tenant.owner, { target: "bought" });
  });
  after(() => world.stop());

  const plan = "kind column testFraction seed";
  const trained = async (input: object) => {
    const id = await start(tenant.owner, { modelId, datasetId, hyperparameters: quick, ...input });
    await ended(tenant.owner, id);
    const { trainingJob } = await tenant.owner.get(
      `query ($id: ID!) { trainingJob(id: $id) { status failure { cause code message } split { ${plan} }
        version { number modelCard changes { kind name before after }
          split { train validation test dropped plan { ${plan} } } } } }`,
      { id },
    );
    return trainingJob;
  };

  it("stay every fourth row unless another is asked for", async () => {
    const { split, version } = await trained({});
    expect(split).to.equal(null);
    expect(version.split).to.include({ test: 30, plan: null });
  });

  const wishes: [what: string, input: object, test: number][] = [
    ["at random", { kind: "RANDOM", testFraction: 0.1 }, 12],
    ["of each class alike", { kind: "STRATIFIED", testFraction: 0.2, seed: 3 }, 24],
    ["by time", { kind: "TIME", column: "day" }, 30],
    ["by group", { kind: "GROUP", column: "customer" }, 24],
  ];
  for (const [what, input, test] of wishes)
    it(`hold out ${what}, and say so on the job, the version and in its lineage`, async () => {
      const { status, split, version } = await trained({ split: input });
      expect(status).to.equal("SUCCEEDED");
      expect(split).to.include({ column: null, testFraction: 0.25, ...input });
      expect(version.split.plan).to.deep.equal(split);
      // Of ten groups of twelve either two or three come closest to a quarter.
      expect(version.split.test).to.be.within(test, test + (what === "by group" ? 12 : 0));
      const change = version.changes.find(({ name }: { name: string }) => name === "split");
      expect(change).to.include({ kind: "DATA" });
      expect(change.after).to.include((input as { kind: string }).kind.toLowerCase());
      expect(version.modelCard).to.include("Held out: kind ");
    });

  it("draw with the training's seed, which the plan keeps", async () => {
    const { split } = await trained({ split: { kind: "RANDOM" }, seed: 31 });
    expect(split.seed).to.equal(31);
  });

  it("compare two versions on the rows that both held out", async () => {
    const one = await trained({ split: { kind: "RANDOM", seed: 1 } });
    const other = await trained({ split: { kind: "RANDOM", seed: 1 }, seed: 8 });
    const third = await trained({ split: { kind: "RANDOM", seed: 2 } });
    const rows = async (...versions: string[]): Promise<number> => {
      const { compareVersions } = await tenant.owner.get(
        "mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison { rows predictions } } }",
        { input: { modelId, versions } },
      );
      const { comparison } = compareVersions;
      expect(comparison.predictions).to.equal(0);
      return comparison.rows;
    };
    expect(await rows(one.version.number, other.version.number)).to.equal(30);
    expect(await rows(one.version.number, third.version.number)).to.be.within(1, 29);
  });

  const refused: [what: string, split: object, path: string, says: RegExp][] = [
    ["a column that is not there", { kind: "TIME", column: "year" }, "split.column", /no column "year"/],
    [
      "a time that is none",
      { kind: "TIME", column: "customer" },
      "split.column",
      /neither numbers nor dates/,
    ],
    ["a time without a column", { kind: "TIME" }, "split.column", /needs a column/],
    ["a column that is not read", { kind: "STRATIFIED", column: "day" }, "split.column", /Leave it out/],
    ["groups by the target", { kind: "GROUP", column: "bought" }, "split.column", /target/],
    ["too large a part", { kind: "RANDOM", testFraction: 0.95 }, "split.testFraction", /not valid/],
  ];
  for (const [what, split, path, says] of refused)
    it(`refuse ${what} before anything is queued`, async () => {
      const answer = await tryStart(tenant.owner, { modelId, datasetId, split });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", path);
      expect(answer.errors?.[0]?.message).to.match(says);
    });

  it("refuse one group for all rows, rows without a time, and too few rows to learn from", async () => {
    const rows = (row: (index: number) => string) =>
      `g,t,x,y\n${Array.from({ length: 40 }, (_, at) => row(at)).join("\n")}\n`;
    const content = rows((at) => `same,${at % 9 ? at : ""},${at},${at % 2 ? "a" : "b"}`);
    const made = await createDataset(tenant.owner, content, "same");
    const model = await createModel(tenant.owner, { target: "y" });
    for (const [split, says] of [
      [{ kind: "GROUP", column: "g" }, /one group/],
      [{ kind: "TIME", column: "t" }, /5 rows have no value/],
      [{ kind: "RANDOM", testFraction: 0.9 }, /at least 8/],
    ] as const) {
      const answer = await tryStart(tenant.owner, { modelId: model, datasetId: made, split });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.message).to.match(says);
    }
  });
});
