import { LRUCache } from "lru-cache";
import { parentPort, workerData } from "node:worker_threads";
import { signatureOf } from "./artefact.js";
import { heapBytes, startBackend } from "./compute/engine.js";
import { type Cell, cellOf, type JsonRow } from "./cell.js";
import { toPlainError } from "./errors.js";
import { neededColumns } from "./features.js";
import { Predictor } from "./predictor.js";
import type { Engine } from "./predictor-network.js";
import type { FromPredictor, RequestOutcome, ToPredictor } from "./predictor-messages.js";
import { checkColumns, checkNumbers } from "./rows.js";
import { readingOf } from "./sentiment.js";

/* Entry of a prediction thread: holds models, encodes rows, computes; never touches the database. */
interface Loaded {
  predictor: Predictor;
  known: ReadonlySet<string>;
  /** Columns that must hold a number in every row. */
  needed: readonly string[];
}

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
  const { inputs, ignored } = signatureOf(predictor.preprocessing);
  return {
    predictor,
    needed: neededColumns(predictor.preprocessing.features),
    known: new Set([...inputs.map(({ column }) => column), ...ignored]),
  };
}

// Own properties only: a column may be called "constructor".
const cellsOf = (columns: readonly string[], row: JsonRow): Cell[] =>
  columns.map((column) => (Object.hasOwn(row, column) ? cellOf(row[column]) : null));

/** The cells of a request's rows, or the refusal of that request alone: its batch mates must not suffer. */
function prepare(model: Loaded, rows: JsonRow[]): Cell[][] | RequestOutcome {
  try {
    checkColumns(rows, model.known);
    checkNumbers(rows, model.needed);
    return rows.map((row) => cellsOf(model.predictor.columns, row));
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

/** All rows of all requests go through the network together. */
async function predictAll(model: Loaded, requests: JsonRow[][]): Promise<RequestOutcome[]> {
  const prepared = requests.map((rows) => prepare(model, rows));
  const rows = prepared.flatMap((part) => (Array.isArray(part) ? part : []));
  const outputs = await model.predictor.run(rows);
  const width = rows.length > 0 ? outputs.length / rows.length : 0;
  let at = 0;
  return prepared.map((part) => {
    if (!Array.isArray(part)) return part;
    return { outputs: outputs.slice(at, (at += part.length * width)) };
  });
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
  const outcomes = await predictAll(model, JSON.parse(message.requests) as JsonRow[][]);
  const reading = readingOf(target);
  return { type: "predicted", id, reading, outcomes, engine, heapBytes: heapBytes() };
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
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, unlike a window
  else parentPort?.postMessage(await answerOrFail(message));
}

// One after the other: a model must not be disposed of while a run of it is under way.
let earlier = Promise.resolve();
parentPort?.on("message", (message: ToPredictor) => {
  earlier = earlier.then(() => handle(message));
});
