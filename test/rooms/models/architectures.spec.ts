import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createModel, tryCreateModel } from "../training/support.js";

interface Fault {
  path: string;
  message: string;
}

describe("models: architectures to choose from", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start({ role: "api" });
    tenant = await world.tenant("architectures");
  });
  after(() => world.stop());

  const validate = async (input: object) => {
    const { validateArchitecture } = await tenant.owner.get(
      `query ($input: ValidateArchitectureInput!) { validateArchitecture(input: $input) {
        valid parameters activationBytes faults { path message }
        layers { layer { type units filters kernelSize strides padding activation } shape parameters } } }`,
      { input },
    );
    return validateArchitecture;
  };
  const faultsOf = async (input: object): Promise<Fault[]> => (await validate(input)).faults;
  const places = (answer: { errors?: { extensions?: Record<string, unknown> }[] }): string[] =>
    ((answer.errors?.[0]?.extensions?.fields ?? []) as Fault[]).map(({ path }) => path);

  it("describes the hyperparameters of a type too, in the words of the input", async () => {
    const { hyperparameters } = await tenant.owner.get(
      "{ hyperparameters(type: IMAGE, rows: 200) { name type description minimum maximum default } }",
    );
    const named = (name: string) =>
      hyperparameters.find((setting: { name: string }) => setting.name === name);
    expect(named("patience")).to.equal(undefined);
    expect(named("earlyStopping.patience")).to.deep.equal({
      name: "earlyStopping.patience",
      type: "INTEGER",
      description: "Epochs without improvement, 1 to 1,000.",
      minimum: 1,
      maximum: 1_000,
      default: "10",
    });
    for (const { name, description } of hyperparameters) expect(description, name).to.not.equal("");
    expect(await tenant.owner.send("{ hyperparameters(type: IMAGE, rows: 0) { name } }")).to.failWith(
      "BAD_USER_INPUT",
    );
  });

  it("describes each with its settings, bounds and defaults", async () => {
    const { architectures } = await tenant.owner.get(`{ architectures { preset name description suits
      parameters { name type description required minimum maximum choices default }
      layers { type description settings { name type required minimum maximum choices default } } } }`);
    const names = architectures.map(({ preset }: { preset: string }) => preset);
    expect(names).to.deep.equal([
      "DENSE",
      "CNN_1D",
      "CNN_2D",
      "LSTM",
      "GRU",
      "TRANSFORMER",
      "GRADIENT_BOOSTED_TREES",
      "CUSTOM",
    ]);
    const transformer = architectures[5];
    expect(transformer.suits).to.deep.equal(["TABLE", "TOKENS", "SEQUENCE"]);
    const heads = transformer.parameters.find(({ name }: { name: string }) => name === "heads");
    expect(heads).to.deep.include({
      type: "INTEGER",
      minimum: 1,
      maximum: 16,
      default: "4",
      required: false,
    });
    const conv = architectures[7].layers.find(({ type }: { type: string }) => type === "CONV2D");
    expect(conv.settings).to.deep.include({
      name: "filters",
      type: "INTEGER",
      required: true,
      minimum: 1,
      maximum: 1_024,
      choices: null,
      default: null,
    });
    expect(conv.settings).to.deep.include({
      name: "padding",
      type: "CHOICE",
      required: false,
      minimum: null,
      maximum: null,
      choices: ["SAME", "VALID"],
      default: "SAME",
    });
  });

  it("tells shapes and parameters layer by layer", async () => {
    const layers = [
      { type: "CONV2D", filters: 4 },
      { type: "MAX_POOLING2D" },
      { type: "FLATTEN" },
      { units: 16 },
    ];
    const told = await validate({
      architecture: { layers },
      inputShape: { shape: [28, 28, 1] },
      outputs: 10,
    });
    expect(told.faults).to.deep.equal([]);
    expect(told.valid).to.equal(true);
    expect(
      told.layers.map(({ shape, parameters }: { shape: number[]; parameters: number }) => [
        shape,
        parameters,
      ]),
    ).to.deep.equal([
      [[28, 28, 4], 40],
      [[14, 14, 4], 0],
      [[784], 0],
      [[16], 784 * 16 + 16],
      [[10], 170],
    ]);
    expect(told.layers[0].layer).to.deep.include({
      type: "CONV2D",
      kernelSize: 3,
      strides: 1,
      padding: "SAME",
    });
    expect(told.layers[0].layer.units).to.equal(null);
    expect(told.layers[4].layer).to.equal(null);
    expect(told.parameters).to.equal(40 + 784 * 16 + 16 + 170);
    expect(told.activationBytes).to.be.above(0);
  });

  it("tells the layers that a preset becomes", async () => {
    const told = await validate({
      architecture: { preset: "CNN_2D" },
      inputShape: { shape: [64] },
      outputs: 10,
    });
    const types = told.layers.map(({ layer }: { layer: { type: string } | null }) => layer?.type ?? null);
    expect(types.slice(0, 3)).to.deep.equal(["RESHAPE", "CONV2D", "MAX_POOLING2D"]);
    expect(types.at(-1)).to.equal(null);
    const tokens = { shape: [40], vocabulary: 3_000 };
    const read = await validate({ architecture: { preset: "GRU" }, inputShape: tokens });
    expect(read.layers[0].layer.type).to.equal("EMBEDDING");
    expect(read.layers[0].parameters).to.equal(3_000 * 32);
  });

  const faulty: [what: string, input: object, path: string, message: RegExp][] = [
    [
      "a shape that does not fit",
      { architecture: { layers: [{ units: 8 }, { units: 4 }, { type: "CONV2D", filters: 2 }] } },
      "architecture.layers.2",
      /CONV2D needs rows × columns × channels, but gets \[4\]. Put a RESHAPE before it./,
    ],
    [
      "a billion parameters",
      { architecture: { layers: [{ units: 2_048 }] }, inputShape: { shape: [500_000] } },
      "architecture.layers",
      /1,024,00\d,\d{3} parameters/,
    ],
    [
      "a batch that no memory holds",
      {
        architecture: { layers: [{ type: "CONV2D", filters: 64 }, { type: "GLOBAL_MAX_POOLING" }] },
        inputShape: { shape: [256, 256, 3] },
        batchSize: 4_096,
      },
      "batchSize",
      /Use smaller batches/,
    ],
    [
      "an input beyond all numbers",
      {
        architecture: { layers: [{ type: "FLATTEN" }] },
        inputShape: { shape: [1_000_000, 1_000_000, 1_000_000] },
        batchSize: 4_096,
      },
      "architecture.layers.0",
      /every single row/,
    ],
    ["a preset that does not suit", { architecture: { preset: "CNN_2D" } }, "architecture.preset", /square/],
    [
      "a setting beyond its bounds",
      { architecture: { preset: "LSTM", parameters: { units: 513 } } },
      "architecture.parameters.units",
      /512/,
    ],
    [
      "a setting that the layer does not have",
      { architecture: { layers: [{ type: "LSTM", units: 4, heads: 2 }] } },
      "architecture.layers.0.heads",
      /heads/,
    ],
  ];
  for (const [what, input, path, message] of faulty) {
    it(`answers ${what}, at ${path}`, async () => {
      const faults = await faultsOf({ inputShape: { shape: [60] }, ...input });
      expect(faults.map((fault) => fault.path)).to.deep.equal([path]);
      expect(faults[0]?.message).to.match(message);
    });
  }

  it("refuses inputs that are none", async () => {
    const architecture = { layers: [] };
    for (const inputShape of [
      { shape: [] },
      { shape: [0] },
      { shape: [1, 1, 1, 1] },
      { shape: [1], vocabulary: 0 },
    ]) {
      const answer = await tenant.owner.send(
        "query ($input: ValidateArchitectureInput!) { validateArchitecture(input: $input) { valid } }",
        { input: { architecture, inputShape } },
      );
      expect(answer).to.failWith("BAD_USER_INPUT");
    }
  });

  it("keeps a preset with its parameters, completed by the defaults", async () => {
    const { createModel: made } = await tenant.owner.get(
      `mutation ($input: CreateModelInput!) { createModel(input: $input) { model { id architecture {
        preset parameters { heads dimensions units depth dropout filters } layers { type } } } } }`,
      {
        input: {
          name: "attentive",
          type: "CLASSIFICATION",
          architecture: { preset: "TRANSFORMER", parameters: { heads: 2, dimensions: 16 } },
        },
      },
    );
    const expected = {
      preset: "TRANSFORMER",
      parameters: { heads: 2, dimensions: 16, units: 128, depth: 2, dropout: 0.1, filters: null },
      layers: null,
    };
    expect(made.model.architecture).to.deep.equal(expected);
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { architecture {
        preset parameters { heads dimensions units depth dropout filters } layers { type } } } }`,
      { id: made.model.id },
    );
    expect(model.architecture).to.deep.equal(expected);
  });

  it("shows a model of before as what it was: dense layers of its own", async () => {
    const id = await createModel(tenant.owner, { name: "of before" });
    const layer = { units: 5, activation: "RELU", dropout: 0, l2: 0, batchNormalization: false };
    await world.admin(`update ${tenant.schema}.model set architecture = $1 where id = $2`, [
      JSON.stringify({ layers: [layer] }),
      id,
    ]);
    const { model } = await tenant.owner.get(
      "query ($id: ID!) { model(id: $id) { architecture { preset parameters { units } layers { type units } } } }",
      { id },
    );
    expect(model.architecture).to.deep.equal({
      preset: "CUSTOM",
      parameters: null,
      layers: [{ type: "DENSE", units: 5 }],
    });
  });

  const refused: [what: string, architecture: object, path: string][] = [
    ["parameters without a preset", { parameters: {}, layers: [] }, "architecture.parameters"],
    ["layers beside a preset", { preset: "GRU", layers: [] }, "architecture.layers"],
    ["no layers at all", { preset: "CUSTOM" }, "architecture.layers"],
    [
      "a kernel of nothing",
      { layers: [{ type: "CONV1D", filters: 2, kernelSize: 0 }] },
      "architecture.layers.0.kernelSize",
    ],
    ["a layer without its width", { layers: [{ type: "DENSE" }] }, "architecture.layers.0.units"],
  ];
  for (const [what, architecture, path] of refused) {
    it(`refuses a model with ${what}, at ${path}`, async () => {
      const answer = await tryCreateModel(tenant.owner, { name: "refused", architecture });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(places(answer)).to.deep.equal([path]);
    });
  }

  it("knows no layer that is not listed", async () => {
    const answer = await tryCreateModel(tenant.owner, {
      name: "lambda",
      architecture: { layers: [{ type: "LAMBDA" }] },
    });
    expect(answer).to.failWith("BAD_USER_INPUT");
  });
});
