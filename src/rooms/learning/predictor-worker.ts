import { LRUCache } from "lru-cache";
import { parentPort, workerData } from "node:worker_threads";
import { signatureOf } from "./artefact.js";
import { heapBytes, startBackend } from "./compute/engine.js";
import type { Row } from "./cell.js";
import { toPlainError } from "./errors.js";
import { Predictor } from "./predictor.js";
import type { Engine } from "./predictor-network.js";
import type { FromPredictor, RequestOutcome, ToPredictor } from "./predictor-messages.js";
import { type PackedRow, RowReader } from "./request-rows.js";
import { checkColumns } from "./rows.js";
import { polaritiesOf } from "./sentiment.js";
import { observationsOf } from "./series/index.js";
import { classesOf } from "./target.js";

/* Entry of a prediction thread: holds models, encodes rows, computes; never touches the database. */
interface Loaded {
  predictor: Predictor;
  known: ReadonlySet<string>;
}

type Predict = Extract<ToPredictor, { type: "predict" }>;
type Predicted = Extract<FromPredictor, { type: "predicted" }>;

/** A model's tensors are not all it costs: names, categories and code weigh about this much more. */
const bytesBesideWeights = 65_536;

const { cacheBytes, engines } = workerData as { cacheBytes: number; engines: readonly Engine[] };
const models = new LRUCache<string, Loaded>({
  maxSize: cacheBytes,
  sizeCalculation: ({ predictor }) => predictor.bytes + bytesBesideWeights,
  dispose: ({ predictor }) => void predictor.dispose(),
});

async function load(artefact: Uint8Array): Promise<Loaded> {
  const predictor = await Predictor.load(artefact, engines);
  const { inputs, ignored } = signatureOf(predictor.artefact.preprocessing);
  return {
    predictor,
    known: new Set([...inputs.map(({ column }) => column), ...ignored]),
  };
}

/** The cells of a request's rows, or the refusal of that request alone: its batch mates must not suffer. */
function prepare(model: Loaded, rows: readonly PackedRow[], reader: RowReader): Row[] | RequestOutcome {
  try {
    if (!rows.every((row) => reader.isKnown(row, model.known)))
      checkColumns(
        rows.map((row) => reader.object(row)),
        model.known,
      );
    const { series } = model.predictor;
    // All rows of a request are one history, and what is answered are the steps after it.
    if (series)
      return [
        observationsOf(
          series,
          rows.map((row) => reader.object(row)),
        ),
      ];
    return rows.map((row) => reader.cells(row));
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

/** All rows of all requests go through the network together. */
async function predictAll(
  model: Loaded,
  { names, requests }: Predict,
): Promise<Pick<Predicted, "outcomes" | "outputs">> {
  const reader = new RowReader(names, model.predictor.columns);
  const prepared = (JSON.parse(requests) as PackedRow[][]).map((rows) => prepare(model, rows, reader));
  const rows = prepared.flatMap((part) => (Array.isArray(part) ? part : []));
  const outputs = await model.predictor.run(rows);
  const width = rows.length > 0 ? outputs.length / rows.length : 0;
  const outcomes = prepared.map((part) => (Array.isArray(part) ? { count: part.length * width } : part));
  return { outcomes, outputs };
}

async function answer(message: Exclude<ToPredictor, { type: "evict" }>): Promise<FromPredictor> {
  const { id, key } = message;
  if (message.type === "load") {
    const loaded = await load(message.artefact);
    const { engine } = loaded.predictor;
    models.set(key, loaded);
    return { type: "loaded", id, engine };
  }
  const model = models.get(key);
  if (!model) return { type: "absent", id };
  const { target, engine } = model.predictor;
  const predicted = await predictAll(model, message);
  const reading = { classes: classesOf(target), polarities: polaritiesOf(target) };
  return { type: "predicted", id, reading, ...predicted, engine, heapBytes: heapBytes() };
}

async function answerOrFail(message: Exclude<ToPredictor, { type: "evict" }>): Promise<FromPredictor> {
  try {
    return await answer(message);
  } catch (error) {
    return { type: "failed", id: message.id, error: toPlainError(error) };
  }
}

await startBackend();

async function handle(message: ToPredictor): Promise<void> {
  if (message.type === "evict") models.delete(message.key);
  else {
    const answered = await answerOrFail(message);
    const handed = answered.type === "predicted" ? [answered.outputs.buffer as ArrayBuffer] : [];
    parentPort?.postMessage(answered, handed);
  }
}

// One after the other: a model must not be disposed of while a run of it is under way.
let earlier = Promise.resolve();
parentPort?.on("message", (message: ToPredictor) => {
  earlier = earlier.then(() => handle(message));
});
