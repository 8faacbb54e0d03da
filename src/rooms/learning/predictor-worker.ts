import { LRUCache } from "lru-cache";
import { parentPort, workerData } from "node:worker_threads";
import { signatureOf } from "./artefact.js";
import { heapBytes, startBackend } from "./compute/engine.js";
import { type Cell, cellOf, type JsonRow } from "./cell.js";
import { toPlainError } from "./errors.js";
import { type Evaluated, gameOf } from "./explanation/index.js";
import { Predictor } from "./predictor.js";
import type { Engine } from "./predictor-network.js";
import type { CoalitionsOfRow, FromPredictor, RequestOutcome, ToPredictor } from "./predictor-messages.js";
import { checkColumns } from "./rows.js";
import { polaritiesOf } from "./sentiment.js";

/* Entry of a prediction thread: holds models, encodes rows, computes; never touches the database. */
interface Loaded {
  predictor: Predictor;
  known: ReadonlySet<string>;
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

/** What the network says of each coalition of a row's parts. */
async function evaluate(
  { predictor, known }: Loaded,
  { row, coalitions, output }: CoalitionsOfRow,
): Promise<Pick<Evaluated, "players" | "baseline" | "outputs">> {
  const object = JSON.parse(row) as JsonRow;
  checkColumns([object], known);
  const game = gameOf(predictor.artefact.preprocessing, cellsOf(predictor.columns, object));
  const { players, baseline, width } = game;
  const count = players.length === 0 ? 0 : coalitions.length / players.length;
  if (count === 0) return { players, baseline, outputs: new Float64Array() };
  const matrix = new Float32Array(count * width);
  for (let at = 0; at < count; at++)
    game.write(coalitions.subarray(at * players.length, (at + 1) * players.length), matrix, at * width);
  const all = await predictor.runEncoded(matrix, count);
  const outputs = all.length / count;
  const wanted =
    output === null ? all : Float64Array.from({ length: count }, (_, at) => all[at * outputs + output] ?? 0);
  return { players, baseline, outputs: wanted };
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
  const classes = target.type === "REGRESSION" ? null : target.classes;
  const reading = { classes, polarities: polaritiesOf(target) };
  if (message.type === "evaluate")
    return {
      type: "evaluated",
      id,
      reading,
      engine,
      ...(await evaluate(model, message)),
      heapBytes: heapBytes(),
    };
  const outcomes = await predictAll(model, JSON.parse(message.requests) as JsonRow[][]);
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
