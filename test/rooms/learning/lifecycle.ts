/*
 * A program of its own for the tests of trainer-pool and predictor-pool: with "use" it works with both pools, closes
 * them and must then end by itself; with "hang" it prints the ids of its training processes and waits to be killed.
 */
import { PredictorPool, TrainerPool } from "../../../src/rooms/learning/index.js";
import { dataSet } from "./data.js";

const { table, plan, objects } = dataSet("penguins");
const request = { ...plan, columns: table.columns, rows: table.rows };

async function use(): Promise<void> {
  const trainers = new TrainerPool({ size: 2, warm: 2 });
  const predictors = new PredictorPool({ threads: 2 });
  const { artefact } = await trainers.train({ ...request, hyperparameters: { epochs: 1 } });
  const model = { key: "m", load: () => Promise.resolve(artefact) };
  const { predictions } = await predictors.predict(model, objects.slice(0, 3));
  await Promise.all([trainers.close(), predictors.close()]);
  console.log(JSON.stringify({ predictions: predictions.length, pids: trainers.pids }));
}

async function hang(): Promise<void> {
  const trainers = new TrainerPool({ size: 2, warm: 2 });
  const onEpoch = () => console.log(JSON.stringify({ pids: trainers.pids }));
  await trainers.train({ ...request, hyperparameters: { epochs: 1_000 } }, { onEpoch });
}

await (process.argv[2] === "use" ? use() : hang());
