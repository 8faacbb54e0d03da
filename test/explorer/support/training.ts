import { readFileSync } from "node:fs";
import type { TenantOfWorld } from "../../support/world.js";

/** Starts a training of many small steps, and answers the job's id: long enough to be watched. */
export async function startLongTraining({ owner }: TenantOfWorld, epochs: number): Promise<string> {
  const content = readFileSync("test/data/penguins.csv", "utf8");
  const { createDataset } = await owner.get(
    "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
    { input: { name: "penguins", format: "CSV", content } },
  );
  const { createModel } = await owner.get(
    "mutation ($input: CreateModelInput!) { createModel(input: $input) { model { id } } }",
    { input: { name: `watched for ${epochs}`, type: "CLASSIFICATION", target: "species" } },
  );
  const hyperparameters = { epochs, batchSize: 4, learningRate: 0.0001, earlyStopping: null };
  const { startTraining } = await owner.get(
    "mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id } } }",
    {
      input: { modelId: createModel.model.id, datasetId: createDataset.dataset.id, seed: 1, hyperparameters },
    },
  );
  return startTraining.trainingJob.id;
}
