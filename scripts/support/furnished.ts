import { eventually } from "../../test/support/time.js";
import type { TenantOfWorld, World } from "../../test/support/world.js";

const rows = Array.from(
  { length: 60 },
  (_, row) => `${row},${(row * 7) % 11},${row % 2 === 0 ? "even" : "odd"}`,
);
const content = ["size,weight,kind", ...rows].join("\n");

const steps = {
  dataset: "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
  model: "mutation ($input: CreateModelInput!) { createModel(input: $input) { model { id } } }",
  train: "mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id } } }",
  job: "query ($id: ID!) { trainingJob(id: $id) { status } }",
  deploy: "mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { id } } }",
  predict: "mutation ($input: PredictInput!) { predict(input: $input) { latencyMs } }",
  batch:
    "mutation ($input: StartBatchPredictionInput!) { startBatchPrediction(input: $input) { batchPrediction { id } } }",
  batchPrediction: "query ($id: ID!) { batchPrediction(id: $id) { status } }",
  export:
    "mutation ($input: ExportBatchPredictionInput!) { exportBatchPrediction(input: $input) { expiresAt } }",
  register:
    "mutation ($input: RegisterPersistedOperationsInput!) { registerPersistedOperations(input: $input) { __typename } }",
};

/** Gives a tenant something of everything: data, a trained and deployed model, predictions, people, keys, operations. */
export async function furnish(tenant: TenantOfWorld): Promise<void> {
  const { slug, owner } = tenant;
  const { createDataset } = await owner.get(steps.dataset, {
    input: { name: "parity", format: "CSV", content },
  });
  const { createModel } = await owner.get(steps.model, {
    input: { name: "parity", type: "CLASSIFICATION", target: "kind" },
  });
  const modelId: string = createModel.model.id;
  const input = { modelId, datasetId: createDataset.dataset.id, seed: 1, hyperparameters: { epochs: 2 } };
  const { startTraining } = await owner.get(steps.train, { input });
  const { id } = startTraining.trainingJob;
  await eventually(
    async () => (await owner.get(steps.job, { id })).trainingJob.status === "SUCCEEDED",
    60_000,
  );
  await owner.get(steps.deploy, { input: { modelId, version: "1.0.0", environment: "PRODUCTION" } });
  await owner.get(steps.predict, { input: { modelId, rows: [{ size: 4, weight: 6 }] } });
  await furnishBatch(owner, { modelId, datasetId: createDataset.dataset.id });
  // A hash follows from the document alone: the same text would be known to both tenants.
  const document = `query Of_${slug.replaceAll("-", "_")} { viewer { id } }`;
  await owner.get(steps.register, { input: { operations: [{ document }] } });
  await tenant.person("VIEWER");
  await tenant.apiKey(["model:read"]);
}

/** A dataset predicted to its end, and leave to fetch the result. */
async function furnishBatch(owner: TenantOfWorld["owner"], input: object): Promise<void> {
  const { startBatchPrediction } = await owner.get(steps.batch, { input });
  const { id } = startBatchPrediction.batchPrediction;
  const done = async (): Promise<boolean> =>
    (await owner.get(steps.batchPrediction, { id })).batchPrediction.status === "SUCCEEDED";
  await eventually(done, 60_000);
  await owner.get(steps.export, { input: { batchId: id } });
}

/** Every id in a tenant's tables and its own, and the hashes that name operations, by kind of thing. */
export async function idsOf(world: World, { id, schema }: TenantOfWorld): Promise<Map<string, string[]>> {
  const tables = await world.admin<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'id'
     where c.relnamespace = $1::regnamespace and c.relkind = 'r' order by 1`,
    [schema],
  );
  const found = new Map<string, string[]>([["tenant", [id]]]);
  for (const { name } of tables) {
    const rows = await world.admin<{ id: string }>(`select id from ${schema}."${name}" order by id`);
    for (const row of rows) {
      const kind = row.id.slice(0, row.id.lastIndexOf("_"));
      found.set(kind, [...(found.get(kind) ?? []), row.id]);
    }
  }
  const hashes = await world.admin<{ hash: string }>(`select hash from ${schema}.persisted_operation`);
  return found.set(
    "hash",
    hashes.map(({ hash }) => hash),
  );
}
