import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, deploy, ended, quick, start } from "../training/support.js";

/** What 0010, 0011 and of their tables 0018 made, undone: the schema as it was when the version was published. */
const undo = `drop table deployment_change, version_outcomes, version_evaluation;
  alter table model_version drop column parent_id, drop column dataset_id, drop column architecture,
    drop column hyperparameters, drop column seed, drop column kernels, drop column split, drop column left_out,
    drop column changes;
  alter table deployment drop column canary_version_id, drop column canary_percent;`;

describe("models: versions older than the record of their lineage", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let modelId: string;
  let datasetId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("older");
    datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner);
    await train(1);
    await deploy(tenant.owner, modelId);
    const [row] = await world.admin<{ role: string }>(
      "select grantee as role from information_schema.role_table_grants where table_schema = $1 and table_name = 'model' and privilege_type = 'INSERT' and grantee <> grantor limit 1",
      [tenant.schema],
    );
    const migrations = ["0010_evaluation", "0011_deployment_history", "0018_canary"]
      .map((name) => readFileSync(`migrations/tenant/${name}.sql`, "utf8"))
      .join("\n")
      .replaceAll(":tenant_role", row?.role ?? "");
    await world.admin(`set search_path to ${tenant.schema}; ${undo} ${migrations}`);
    await train(2);
  });
  after(() => world.stop());

  async function train(seed: number): Promise<void> {
    const job = await start(tenant.owner, { modelId, datasetId, seed, hyperparameters: quick });
    expect(await ended(tenant.owner, job)).to.deep.include({ status: "SUCCEEDED" });
  }

  it("take from their trainings what those know, and have a card", async () => {
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { versions { nodes { number seed dataset { id } hyperparameters { epochs }
        architecture { layers { units } } kernels { backend } evaluation { rows } changes { kind } modelCard parent { number } } } } }`,
      { id: modelId },
    );
    const [newer, older] = model.versions.nodes;
    expect(older).to.deep.include({
      number: "1.0.0",
      seed: 1,
      dataset: { id: datasetId },
      hyperparameters: { epochs: 3 },
      architecture: null,
      kernels: null,
      evaluation: null,
      changes: null,
      parent: null,
    });
    expect(older.modelCard).to.contain("| accuracy |").and.to.not.contain("95 %");
    expect(newer).to.deep.include({ number: "1.1.0", parent: { number: "1.0.0" } });
    expect(newer.changes).to.deep.equal([{ kind: "SEED" }]);
  });

  it("have their deployments in the history, to be gone back to", async () => {
    await deploy(tenant.owner, modelId, "1.1.0");
    const { rollbackDeployment } = await tenant.owner.get(
      "mutation ($input: RollbackDeploymentInput!) { rollbackDeployment(input: $input) { deployment { version { number } } } }",
      { input: { modelId, environment: "PRODUCTION" } },
    );
    expect(rollbackDeployment.deployment.version.number).to.equal("1.0.0");
  });

  it("are compared by predicting what was not kept", async () => {
    const { compareVersions } = await tenant.owner.get(
      "mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison { rows predictions } } }",
      { input: { modelId, versions: ["1.0.0", "1.1.0"] } },
    );
    expect(compareVersions.comparison).to.deep.equal({ rows: 86, predictions: 86 });
  });
});
