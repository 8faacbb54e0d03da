import { eventually } from "../../test/support/time.js";
import type { Client } from "../../test/support/client.js";
import { seededRandom } from "../../src/rooms/learning/random.js";

/** Two of each, so that four processes compute: one kind mostly multiplies, the other has many small steps. */
const presets = ["CNN_1D", "LSTM", "CNN_1D", "LSTM"];
const [rows, width] = [4_000, 16];
/** More than any run waits for: the trainings are cancelled. */
const hyperparameters = { epochs: 1_000, batchSize: 32 };
const startingMs = 60_000;

const operations = {
  dataset: "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
  model: "mutation ($input: CreateModelInput!) { createModel(input: $input) { model { id } } }",
  start: "mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id } } }",
  cancel: "mutation ($input: CancelTrainingInput!) { cancelTraining(input: $input) { trainingJob { id } } }",
  job: "query ($id: ID!) { trainingJob(id: $id) { status progress { epoch } failure { message } } }",
};

/** A signal in noise: rows of numbers whose class is that of a slow or a fast wave. */
function content(): string {
  const random = seededRandom("four trainings");
  const columns = Array.from({ length: width }, (_, column) => `t${column}`);
  const line = (_: unknown, row: number): string => {
    const [speed, begin] = [row % 2 === 0 ? 0.4 : 0.9, random() * 6];
    const values = columns.map((__, step) => (Math.sin(begin + speed * step) + random()).toFixed(3));
    return [...values, row % 2 === 0 ? "slow" : "fast"].join(",");
  };
  return [[...columns, "kind"].join(","), ...Array.from({ length: rows }, line)].join("\n");
}

/** Four trainings of one tenant that can be started and cancelled again and again. */
export class FourTrainings {
  #running: string[] = [];

  private constructor(
    private readonly client: Client,
    private readonly datasetId: string,
    private readonly modelIds: readonly string[],
  ) {}

  static async prepare(client: Client): Promise<FourTrainings> {
    const { createDataset } = await client.get(operations.dataset, {
      input: { name: "waves", format: "CSV", content: content() },
    });
    const model = async (preset: string, place: number): Promise<string> => {
      const input = { name: `${preset} ${place}`, type: "CLASSIFICATION", architecture: { preset } };
      const { createModel } = await client.get(operations.model, { input: { ...input, target: "kind" } });
      return createModel.model.id;
    };
    const modelIds = await Promise.all(presets.map(model));
    return new FourTrainings(client, createDataset.dataset.id, modelIds);
  }

  /** Resolves once each has trained an epoch, so that all four compute. */
  async start(): Promise<void> {
    for (const [seed, modelId] of this.modelIds.entries()) {
      const input = { modelId, datasetId: this.datasetId, seed, hyperparameters };
      const { startTraining } = await this.client.get(operations.start, { input });
      this.#running.push(startTraining.trainingJob.id);
    }
    await Promise.all(this.#running.map((id) => eventually(() => this.#trains(id), startingMs)));
  }

  async #trains(id: string): Promise<boolean> {
    const { trainingJob } = await this.client.get(operations.job, { id });
    if (trainingJob.failure) throw new Error(trainingJob.failure.message);
    return trainingJob.status === "RUNNING" && trainingJob.progress.epoch > 0;
  }

  /** Epochs trained so far, of each. Throws where one does not run any more. */
  async epochs(): Promise<number[]> {
    return Promise.all(
      this.#running.map(async (id) => {
        const { trainingJob } = await this.client.get(operations.job, { id });
        if (trainingJob.status !== "RUNNING") throw new Error(`A training is ${trainingJob.status}.`);
        return trainingJob.progress.epoch as number;
      }),
    );
  }

  async cancel(): Promise<void> {
    const ids = this.#running.splice(0);
    await Promise.all(ids.map((id) => this.client.get(operations.cancel, { input: { jobId: id } })));
  }
}
