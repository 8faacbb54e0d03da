import { LRUCache } from "lru-cache";
import { parentPort, workerData } from "node:worker_threads";
import { signatureOf } from "./artefact.js";
import { heapBytes, startBackend } from "./compute/engine.js";
import { type Cell, cellOf, type JsonRow } from "./cell.js";
import { toPlainError } from "./errors.js";
import { Predictor } from "./predictor.js";
import type { FromPredictor, RequestOutcome, ToPredictor } from "./predictor-messages.js";
import { checkColumns } from "./rows.js";
import { polaritiesOf } from "./sentiment.js";

/* Entry of a prediction thread: holds models, encodes rows, computes; never touches the database. */
interface Loaded {
  predictor: Predictor;
  known: ReadonlySet<string>;
}

/** A model's tensors are not all it costs: names, categories and code weigh about this much more. */
const bytesBesideWeights = 65_536;

const { cacheBytes } = workerData as { cacheBytes: number };
const models = new LRUCache<string, Loaded>({
  maxSize: cacheBytes,
  sizeCalculation: ({ predictor }) => predictor.bytes + bytesBesideWeights,
  dispose: ({ predictor }) => predictor.dispose(),
});

function load(artefact: Uint8Array): Loaded {
  const predictor = Predictor.load(artefact);
  const { inputs, ignored } = signatureOf(predictor.artefact.preprocessing);
  return {
    predictor,

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
    return rows.map((row) => cellsOf(model.predictor.columns, row));
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

/** All rows of all requests go through the network together. */
function predictAll(model: Loaded, requests: JsonRow[][]): RequestOutcome[] {
  const prepared = requests.map((rows) => prepare(model, rows));
  const rows = prepared.flatMap((part) => (Array.isArray(part) ? part : []));
  const outputs = model.predictor.run(rows);
  const width = rows.length > 0 ? outputs.length / rows.length : 0;
  let at = 0;
  return prepared.map((part) => {
    if (!Array.isArray(part)) return part;
    return { outputs: outputs.slice(at, (at += part.length * width)) };
  });
}

function answer(message: Exclude<ToPredictor, { type: "evict" }>): FromPredictor {
  const { id, key } = message;
  if (message.type === "load") {
    models.set(key, load(message.artefact));
    return { type: "loaded", id };
  }
  const model = models.get(key);
  if (!model) return { type: "absent", id };
  const { target } = model.predictor;
  const outcomes = predictAll(model, JSON.parse(message.requests) as JsonRow[][]);
  const classes = target.type === "REGRESSION" ? null : target.classes;
  const reading = { classes, polarities: polaritiesOf(target) };
  return { type: "predicted", id, reading, outcomes, heapBytes: heapBytes() };
}

function answerOrFail(message: Exclude<ToPredictor, { type: "evict" }>): FromPredictor {
  try {
    return answer(message);
  } catch (error) {
    return { type: "failed", id: message.id, error: toPlainError(error) };
  }
}

await startBackend();
parentPort?.on("message", (message: ToPredictor) => {
  if (message.type === "evict") models.delete(message.key);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, unlike a window
  else parentPort?.postMessage(answerOrFail(message));
});
