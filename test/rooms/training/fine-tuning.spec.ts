import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, penguins, quick, start, tryStart } from "./support.js";

describe("training: fine-tuning from a version", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let datasetId: string;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("tunes");
    other = await world.tenant("looks-on");
    datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner);
    for (const seed of [1, 2]) await ended(tenant.owner, await start(tenant.owner, { ...common(), seed }));
  });
  after(() => world.stop());

  const common = () => ({ modelId, datasetId, hyperparameters: { ...quick, epochs: 12 } });
  const tuned = async (input: object = {}) => {
    const all = {
      ...common(),
      fromVersion: "1.0.0",
      hyperparameters: { ...quick, learningRate: 0.0001 },
      ...input,
    };
    const id = await start(tenant.owner, all);
    await ended(tenant.owner, id);
    const { trainingJob } = await tenant.owner.get(
      `query ($id: ID!) { trainingJob(id: $id) { status fromVersion trainableLayers failure { code cause message }
        split { kind seed }
        version { number sha256 parent { number } changes { kind name before after } modelCard
          hyperparameters { fineTuning { trainableLayers } normalization } metrics { accuracy } } } }`,
      { id },
    );
    return trainingJob;
  };

  it("goes on from the version's weights, and its lineage says from which", async () => {
    const { status, fromVersion, version } = await tuned({ trainableLayers: 1 });
    expect(status).to.equal("SUCCEEDED");
    expect(fromVersion).to.equal("1.0.0");
    expect(version.number).to.equal("1.2.0");
    // The newest is 1.1.0; the parent is the one that it went on from.
    expect(version.parent.number).to.equal("1.0.0");
    expect(version.hyperparameters.fineTuning).to.deep.equal({ trainableLayers: 1 });
    const start = version.changes.find(({ name }: { name: string }) => name === "initialWeights");
    expect(start).to.deep.equal({
      kind: "HYPERPARAMETERS",
      name: "initialWeights",
      before: "drawn by the seed",
      after: "the parent's, the last 1 layers learning",
    });
    expect(version.modelCard).to.include("drawn by the seed");
  });

  it("is the same to the bit for the same seed", async () => {
    const [one, two] = [await tuned({ seed: 5 }), await tuned({ seed: 5 })];
    expect(one.version.sha256).to.equal(two.version.sha256);
    expect((await tuned({ seed: 6 })).version.sha256).to.not.equal(one.version.sha256);
  });

  it("learns from other rows of the same kind", async () => {
    const more = await createDataset(tenant.owner, penguins.replaceAll("Torgersen", "Dream"), "more");
    const { status, version } = await tuned({ datasetId: more, split: { kind: "RANDOM", seed: 4 } });
    expect(status).to.equal("SUCCEEDED");
    expect(version.parent.number).to.equal("1.0.0");
    expect(version.modelCard).to.include("began as those of 1.0.0, which learnt from another dataset");
    expect((await tuned()).version.modelCard).to.not.include("another dataset");
  });

  it("holds out on its version's dataset what that did, and nothing else", async () => {
    const answer = await tryStart(tenant.owner, {
      ...common(),
      fromVersion: "1.0.0",
      split: { kind: "RANDOM" },
    });
    expect(answer).to.failWith("BAD_USER_INPUT");
    expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "split");
    const drawn = { split: { kind: "STRATIFIED", seed: 77 } };
    const first = await ended(tenant.owner, await start(tenant.owner, { ...common(), ...drawn }));
    const { split } = await tuned({ fromVersion: first.version.number });
    expect(split).to.deep.equal({ kind: "STRATIFIED", seed: 77 });
    expect(
      (await tuned({ fromVersion: first.version.number, split: { kind: "STRATIFIED" } })).status,
    ).to.equal("SUCCEEDED");
  });

  it("takes another model's or another tenant's version for one that is not there", async () => {
    const foreign = await createModel(other.owner);
    const theirs = await createDataset(other.owner);
    await ended(
      other.owner,
      await start(other.owner, { modelId: foreign, datasetId: theirs, hyperparameters: quick }),
    );
    const empty = await createModel(tenant.owner);
    for (const input of [
      { ...common(), fromVersion: "9.0.0" },
      { ...common(), modelId: empty, fromVersion: "1.0.0" },
      { ...common(), modelId: foreign, fromVersion: "1.0.0" },
    ])
      expect(await tryStart(tenant.owner, input)).to.failWith("NOT_FOUND");
    expect(await tryStart(other.owner, { ...common(), fromVersion: "1.0.0" })).to.failWith("NOT_FOUND");
  });

  const refused: [what: string, input: object, content: string | null, path: string, says: RegExp][] = [
    [
      "layers without a version",
      { fromVersion: null, trainableLayers: 2 },
      null,
      "trainableLayers",
      /Name it/,
    ],
    ["no layer at all", { trainableLayers: 0 }, null, "trainableLayers", /not valid/],
    [
      "another normalisation",
      { hyperparameters: { normalization: "NONE" } },
      null,
      "hyperparameters.normalization",
      /STANDARD/,
    ],
    ["a column that is missing", {}, penguins.replace("sex", "gender"), "fromVersion", /no column "sex"/],
    [
      "a class that it does not know",
      {},
      penguins.replaceAll("Gentoo", "Emperor"),
      "fromVersion",
      /class "Emperor"/,
    ],
    [
      "words where it read numbers",
      {},
      penguins.replaceAll(/,181\b/g, ",long"),
      "fromVersion",
      /reads numbers in "flipper_length_mm"/,
    ],
  ];
  for (const [what, input, content, path, says] of refused)
    it(`refuses ${what} before anything is queued`, async () => {
      const made = content === null ? datasetId : await createDataset(tenant.owner, content, what);
      const answer = await tryStart(tenant.owner, {
        modelId,
        fromVersion: "1.0.0",
        ...input,
        datasetId: made,
      });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", path);
      expect(answer.errors?.[0]?.message).to.match(says);
    });
});
