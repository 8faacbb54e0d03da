import { expect } from "chai";
import type { Answer } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  deploy,
  deployedModel,
  ended,
  metered,
  OtherProcess,
  penguin,
  predict,
  quick,
  start,
  until,
} from "../training/support.js";
import { Client } from "../../support/client.js";

describe("serving: predictions", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let modelId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("serves");
    modelId = await deployedModel(tenant.owner);
  });
  after(() => world.stop());

  const fields = ({ errors }: Answer): { path: string; message: string }[] =>
    (errors?.[0]?.extensions?.fields ?? []) as { path: string; message: string }[];
  const used = async () => (await metered(world, tenant, "PREDICTIONS")).quantity;
  const train = async (id: string, seed: number): Promise<void> => {
    const datasetId = await createDataset(tenant.owner);
    await ended(
      tenant.owner,
      await start(tenant.owner, { modelId: id, datasetId, seed, hyperparameters: quick }),
    );
  };

  it("answers each row with its class, confidence and every probability", async () => {
    const { data } = await predict(tenant.owner, modelId, [penguin, { ...penguin, bill_length_mm: 50 }]);
    const { predictions, version, latencyMs } = data.predict;
    expect(predictions).to.have.length(2);
    for (const { label, value, confidence, probabilities } of predictions) {
      expect(value).to.equal(null);
      expect(probabilities[0]).to.deep.equal({ label, probability: confidence });
      const sum = probabilities.reduce(
        (total: number, each: { probability: number }) => total + each.probability,
        0,
      );
      expect(sum).to.be.closeTo(1, 1e-9);
      expect(probabilities).to.deep.equal(
        probabilities.toSorted(
          (a: { probability: number }, b: { probability: number }) => b.probability - a.probability,
        ),
      );
    }
    expect(version.number).to.equal("1.0.0");
    expect(latencyMs).to.be.greaterThan(0);
  });

  it("takes numbers as texts, and missing and unknown values as training did", async () => {
    const texts = Object.fromEntries(Object.entries(penguin).map(([name, value]) => [name, ` ${value} `]));
    const rows = [
      penguin,
      texts,
      {},
      { bill_length_mm: "NA", sex: "?" },
      { bill_length_mm: null, sex: null },
      { island: "Atlantis" },
    ];
    const { data } = await predict(tenant.owner, modelId, rows);
    const [plain, asText, empty, markers, nulls, unknown] = data.predict.predictions;
    expect(asText).to.deep.equal(plain);
    expect(markers).to.deep.equal(empty);
    expect(nulls).to.deep.equal(empty);
    // A category that training never saw is none of those it saw, and so is one that is missing where none was.
    expect(unknown.probabilities).to.have.length(3);
    // The target may be sent along, e.g. when a data file is replayed.
    expect(await predict(tenant.owner, modelId, [{ ...penguin, species: "Adelie" }])).to.succeed();
  });

  it("takes 1,000 rows at once and counts each", async () => {
    const before = await used();
    const { data } = await predict(tenant.owner, modelId, Array(1_000).fill(penguin));
    expect(data.predict.predictions).to.have.length(1_000);
    expect(await used()).to.equal(before + 1_000);
  });

  const refused: [what: string, rows: unknown[], path: string][] = [
    ["no rows", [], "rows"],
    ["1,001 rows", Array.from({ length: 1_001 }, () => ({})), "rows"],
    ["a column unheard of", [penguin, { ...penguin, iland: "x" }], "rows.1.iland"],
    ["a list as a value", [{ sex: ["MALE"] }], "rows.0.sex"],
    ["an object as a value", [{}, {}, { sex: {} }], "rows.2.sex"],
    ["a text where numbers belong", [penguin, { ...penguin, body_mass_g: "heavy" }], "rows.1.body_mass_g"],
    ["a text of 65,537 characters", [{ sex: "x".repeat(65_537) }], "rows.0.sex"],
  ];
  for (const [what, rows, path] of refused) {
    it(`refuses ${what}, at ${path}, and counts nothing`, async () => {
      const before = await used();
      const answer = await predict(tenant.owner, modelId, rows);
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(fields(answer)[0]?.path).to.equal(path);
      expect(await used()).to.equal(before);
    });
  }

  it("refuses one request without harming those that arrive with it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        predict(tenant.owner, modelId, [place % 5 === 0 ? { iland: 1 } : penguin]),
      ),
    );
    answers.forEach((answer, place) =>
      place % 5 === 0 ? expect(answer).to.failWith("BAD_USER_INPUT") : expect(answer).to.succeed(),
    );
  });

  it("is NOT_DEPLOYED in an environment without a version, NOT_FOUND for another tenant", async () => {
    const other = await world.tenant("visitors");
    expect(await predict(other.owner, modelId)).to.failWith("NOT_FOUND");
    expect(await predict(tenant.owner, "model_x")).to.failWith("NOT_FOUND");
    expect(await predict(tenant.owner, await createModel(tenant.owner))).to.failWith("NOT_DEPLOYED");
    const input = { modelId, environment: "STAGING", rows: [penguin] };
    const staging = await tenant.owner.send(
      "mutation ($input: PredictInput!) { predict(input: $input) { version { id } } }",
      { input },
    );
    expect(staging).to.failWith("NOT_DEPLOYED");
  });

  it("asks for the right to predict, which a viewer and a narrow key lack", async () => {
    const key = await tenant.apiKey(["prediction:create"]);
    expect(await predict(key, modelId)).to.succeed();
    expect(await predict(await tenant.apiKey(["model:read"]), modelId)).to.failWith("FORBIDDEN");
    expect(await predict(world.anonymous("serves"), modelId)).to.failWith("UNAUTHENTICATED");
  });

  it("meters an idempotent prediction once, and answers it alike", async () => {
    const before = await used();
    const repeat = tenant.owner.with({ "idempotency-key": "predict-1" });
    const answers = [await predict(repeat, modelId), await predict(repeat, modelId)];
    for (const answer of answers) expect(answer).to.succeed();
    expect(answers[1]?.data).to.deep.equal(answers[0]?.data);
    expect(await used()).to.equal(before + 1);
    expect(await predict(repeat, modelId, [penguin, penguin])).to.failWith("CONFLICT");
  });

  it("answers with a new version as soon as it is deployed, and not at all once it is taken down", async () => {
    const id = await deployedModel(tenant.owner);
    await train(id, 99);
    for (const version of ["1.1.0", "1.0.0", "1.1.0"]) {
      await deploy(tenant.owner, id, version);
      expect((await predict(tenant.owner, id)).data.predict.version.number).to.equal(version);
    }
    await tenant.owner.get(
      "mutation ($id: ID!) { undeployModel(input: { modelId: $id, environment: PRODUCTION }) { undeployedDeploymentId } }",
      { id },
    );
    expect(await predict(tenant.owner, id)).to.failWith("NOT_DEPLOYED");
  });

  it("switches under load without ever going back", async () => {
    const id = await deployedModel(tenant.owner);
    await train(id, 98);
    let deployed = false;
    const numbers: string[] = [];
    const load = Array.from({ length: 4 }, async () => {
      for (let count = 0; count < 25; count++) {
        const after = deployed;
        const { data } = await predict(tenant.owner, id);
        numbers.push(data.predict.version.number);
        if (after) expect(data.predict.version.number).to.equal("1.1.0");
      }
    });
    await deploy(tenant.owner, id, "1.1.0");
    deployed = true;
    await Promise.all(load);
    expect(numbers.at(-1)).to.equal("1.1.0");
  });

  it("reaches other processes", async () => {
    const id = await deployedModel(tenant.owner);
    await train(id, 97);
    const other = new OtherProcess(world, "api");
    try {
      const there = new Client(await other.url(), tenant.owner.headers);
      expect((await predict(there, id)).data.predict.version.number).to.equal("1.0.0");
      await deploy(tenant.owner, id, "1.1.0");
      await until(async () => (await predict(there, id)).data.predict.version.number === "1.1.0");
      await tenant.owner.get("mutation ($id: ID!) { deleteModel(input: { id: $id }) { deletedModelId } }", {
        id,
      });
      await until(async () => (await predict(there, id)).errors?.[0]?.extensions?.code === "NOT_FOUND");
    } finally {
      await other.end("SIGKILL");
    }
  });

  it("tells by a prediction for nobody whether a deployment answers, and why not", async () => {
    const healthOf = async (id: string) => {
      const { model } = await tenant.owner.get(
        `query ($id: ID!) { model(id: $id) { deployments { health { status
          versions { status code message latencyMs version { number } } } } } }`,
        { id },
      );
      return model.deployments[0].health;
    };
    const before = await used();
    const healthy = await healthOf(modelId);
    expect(healthy.status).to.equal("HEALTHY");
    expect(healthy.versions[0]).to.deep.include({
      status: "HEALTHY",
      code: null,
      version: { number: "1.0.0" },
    });
    expect(await used()).to.equal(before);
    const damaged = await deployedModel(tenant.owner);
    await world.admin(
      `update ${tenant.schema}.model_artefact set bytes = '\\x00'
       where version_id in (select id from ${tenant.schema}.model_version where model_id = $1)`,
      [damaged],
    );
    const sick = await healthOf(damaged);
    expect(sick.status).to.equal("UNHEALTHY");
    expect(sick.versions[0]).to.deep.include({ status: "UNHEALTHY", code: "ARTEFACT_INVALID" });
    expect(sick.versions[0].message).to.include("Train or publish it again");
  });

  it("says that a model is damaged when its artefact was changed in the database", async () => {
    const id = await deployedModel(tenant.owner);
    const before = await used();
    await world.admin(
      `update ${tenant.schema}.model_artefact set bytes = set_byte(bytes, 500, get_byte(bytes, 500) # 1)
       where version_id = (select id from ${tenant.schema}.model_version where model_id = $1)`,
      [id],
    );
    expect(await predict(tenant.owner, id)).to.failWith("ARTEFACT_INVALID");
    await world.admin(
      `update ${tenant.schema}.model_artefact set bytes = '\\x00'
       where version_id = (select id from ${tenant.schema}.model_version where model_id = $1)`,
      [id],
    );
    expect(await predict(tenant.owner, id)).to.failWith("ARTEFACT_INVALID");
    expect(await predict(tenant.owner, modelId)).to.succeed();
    expect(await used()).to.equal(before + 1);
  });

  it("opens no artefact in another's place: neither another version's nor another tenant's", async () => {
    const other = await world.tenant("swapped");
    const [theirs, mine] = [await deployedModel(other.owner), await deployedModel(tenant.owner)];
    const artefactOf = (schema: string, id: string) =>
      `(select bytes from ${schema}.model_artefact a join ${schema}.model_version v on v.id = a.version_id where v.model_id = '${id}')`;
    const swap = (bytes: string) =>
      world.admin(
        `update ${tenant.schema}.model_artefact set bytes = ${bytes}
         where version_id = (select id from ${tenant.schema}.model_version where model_id = $1)`,
        [mine],
      );
    for (const bytes of [artefactOf(other.schema, theirs), artefactOf(tenant.schema, modelId)]) {
      await swap(bytes);
      expect(await predict(tenant.owner, mine)).to.failWith("ARTEFACT_INVALID");
    }
    expect(await predict(other.owner, theirs)).to.succeed();
  });
});
