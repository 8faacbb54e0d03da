import { expect } from "chai";
import fc from "fast-check";
import { changesOf, nextNumber, type Recipe } from "../../../src/rooms/models/lineage.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, penguins, quick, start } from "../training/support.js";

const recipe: Recipe = {
  dataset: { id: "dataset_1", words: "penguins (344 rows)" },
  architecture: { layers: [{ units: 32, activation: "RELU", dropout: 0, l2: 0, batchNormalization: false }] },
  hyperparameters: { epochs: 3, learningRate: 0.01, earlyStopping: null },
  seed: 1,
  kernels: { backend: "wasm", version: "4.22.0" },
  signature: {
    inputs: [{ column: "mass", kind: "NUMBER", categories: null }],
    ignored: [],
    output: { column: "species", type: "CLASSIFICATION", classes: ["a", "b"] },
  },
};

describe("models: numbers and changes of versions", () => {
  const after = (changes: Partial<Recipe>): string =>
    nextNumber({ number: "2.4.0", recipe }, { ...recipe, ...changes });
  const { signature } = recipe;

  it("begins with 1.0.0 and raises the middle number", () => {
    expect(nextNumber(null, recipe)).to.equal("1.0.0");
    expect(after({ seed: 2, dataset: null, hyperparameters: {}, kernels: null })).to.equal("2.5.0");
    expect(after({ architecture: null })).to.equal("2.5.0");
    const output = { ...signature.output, classes: ["a", "b", "c"] };
    expect(after({ signature: { ...signature, output } })).to.equal("2.5.0");
  });

  it("raises the major number for another architecture, input or target", () => {
    expect(after({ architecture: { layers: [] } })).to.equal("3.0.0");
    const inputs = [{ column: "weight", kind: "NUMBER" as const, categories: null }];
    expect(after({ signature: { ...signature, inputs } })).to.equal("3.0.0");
    expect(after({ signature: { ...signature, output: { ...signature.output, column: "sex" } } })).to.equal(
      "3.0.0",
    );
  });

  it("takes trees for the same architecture however many of them early stopping keeps", () => {
    const grown = (trees: number, kept: number): Recipe => ({
      ...recipe,
      architecture: { layers: [{ units: kept * 3, activation: "SIGMOID" }] },
      hyperparameters: { boosting: { trees, depth: 3, l2: 1 } },
    });
    const before = { number: "2.4.0", recipe: grown(100, 98) };
    expect(nextNumber(before, grown(100, 61))).to.equal("2.5.0");
    expect(changesOf(before.recipe, grown(100, 61))).to.deep.equal([]);
    expect(nextNumber(before, grown(200, 98))).to.equal("3.0.0");
    expect(nextNumber(before, recipe)).to.equal("3.0.0");
  });

  it("never names two versions alike", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { maxLength: 30 }), (shapes) => {
        const numbers: string[] = [];
        let newest: { number: string; recipe: Recipe } | null = null;
        for (const units of shapes) {
          const next: Recipe = { ...recipe, architecture: { layers: [{ units }] } };
          newest = { number: nextNumber(newest, next), recipe: next };
          numbers.push(newest.number);
        }
        expect(new Set(numbers).size).to.equal(shapes.length);
      }),
    );
  });

  it("says in words what differs, and nothing of what is the same or not known", () => {
    expect(changesOf(recipe, structuredClone(recipe))).to.deep.equal([]);
    expect(changesOf({ ...recipe, architecture: null, seed: null }, recipe)).to.deep.equal([]);
    // An imported version was not trained here, so nobody knows from which weights.
    const tuned = { ...recipe, hyperparameters: { fineTuning: { trainableLayers: null } } };
    expect(changesOf(tuned, { ...recipe, hyperparameters: null })).to.deep.equal([]);
    const changed: Recipe = {
      ...recipe,
      dataset: { id: "dataset_2", words: "more penguins (600 rows)" },
      architecture: {
        layers: [
          { type: "LSTM", units: 8 },
          { units: 4, dropout: 0.5 },
        ],
      },
      hyperparameters: { epochs: 5, learningRate: 0.01, earlyStopping: { patience: 3, minDelta: 0 } },
      kernels: { backend: "wasm", version: "5.0.0" },
      seed: 9,
    };
    expect(
      changesOf(recipe, changed).map(({ kind, name, before, after: now }) => [kind, name, before, now]),
    ).to.deep.equal([
      ["DATA", "dataset", "penguins (344 rows)", "more penguins (600 rows)"],
      [
        "ARCHITECTURE",
        "layers",
        "dense units 32, activation relu",
        "lstm units 8; dense units 4, dropout 0.5",
      ],
      ["HYPERPARAMETERS", "epochs", "3", "5"],
      ["HYPERPARAMETERS", "earlyStopping", "none", "patience 3"],
      ["CODE", "kernels", "wasm 4.22.0", "wasm 5.0.0"],
      ["SEED", "seed", "1", "9"],
    ]);
  });
});

describe("models: lineage of versions", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  let modelId: string;
  let datasets: string[];
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("lineage");
    other = await world.tenant("stranger");
    datasets = [
      await createDataset(tenant.owner),
      await createDataset(tenant.owner, penguins.split("\n").slice(0, 321).join("\n"), "fewer penguins"),
    ];
    modelId = await createModel(tenant.owner, { architecture: { layers: [{ units: 8 }] } });
    await train({ seed: 1 });
    await train({ seed: 2, hyperparameters: { ...quick, epochs: 4 }, datasetId: datasets[1] });
    await tenant.owner.get(
      "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }",
      { input: { id: modelId, architecture: { layers: [{ units: 16 }] } } },
    );
    await train({ seed: 2 });
  });
  after(() => world.stop());

  const train = async (input: object): Promise<void> => {
    const job = await start(tenant.owner, {
      modelId,
      datasetId: datasets[0],
      hyperparameters: quick,
      ...input,
    });
    expect(await ended(tenant.owner, job)).to.deep.include({ status: "SUCCEEDED" });
  };

  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
  const versions = async (fields: string): Promise<any[]> => {
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { versions { nodes { ${fields} } } } }`,
      { id: modelId },
    );
    return model.versions.nodes.toReversed();
  };

  it("tells parent, dataset and what changed", async () => {
    const [first, second, third] = await versions(
      "id number parent { id number } dataset { id name } changes { kind name before after } seed",
    );
    expect([first.number, second.number, third.number]).to.deep.equal(["1.0.0", "1.1.0", "2.0.0"]);
    expect([first.parent, first.changes]).to.deep.equal([null, null]);
    expect(second.parent).to.deep.equal({ id: first.id, number: "1.0.0" });
    expect(second.dataset).to.deep.equal({ id: datasets[1], name: "fewer penguins" });
    expect(second.changes).to.deep.equal([
      { kind: "DATA", name: "dataset", before: "penguins (344 rows)", after: "fewer penguins (320 rows)" },
      { kind: "HYPERPARAMETERS", name: "epochs", before: "3", after: "4" },
      { kind: "SEED", name: "seed", before: "1", after: "2" },
    ]);
    expect(third.changes.map(({ kind }: { kind: string }) => kind)).to.include("ARCHITECTURE");
  });

  it("tells what it was made with", async () => {
    const [first] = await versions(
      `seed architecture { layers { units activation } } hyperparameters { epochs batchSize optimizer }
       kernels { backend version } split { train validation test dropped } leftOut { column reason }`,
    );
    expect(first).to.deep.include({
      seed: 1,
      architecture: { layers: [{ units: 8, activation: "RELU" }] },
      leftOut: [],
    });
    expect(first.hyperparameters).to.deep.include({ epochs: 3, batchSize: 64 });
    expect(first.kernels).to.deep.include({ backend: "wasm" });
    const counts: number[] = Object.values(first.split);
    expect(counts.reduce((sum, rows) => sum + rows, 0)).to.equal(344);
  });

  it("stays when the dataset is deleted", async () => {
    await tenant.owner.get("mutation ($id: ID!) { deleteDataset(input: { id: $id }) { dataset { id } } }", {
      id: datasets[1],
    });
    const [, second] = await versions("number dataset { id } changes { name before } modelCard");
    expect(second).to.deep.include({ number: "1.1.0", dataset: null });
    expect(second.modelCard).to.contain("The dataset was deleted");
  });

  it("is nothing that another tenant, or who may only predict, can read", async () => {
    const [first] = await versions("id");
    const query = "query ($id: ID!) { node(id: $id) { ... on ModelVersion { number modelCard } } }";
    expect((await other.owner.get(query, { id: first.id })).node).to.equal(null);
    const key = await tenant.apiKey(["prediction:create", "training:read"]);
    for (const field of ["modelCard", "parent { id }", "changes { name }", "evaluation { rows }", "seed"]) {
      const answer = await key.send(`{ trainingJobs { nodes { version { ${field} } } } }`);
      expect(answer, field).to.failWith("FORBIDDEN");
    }
  });
});
