import { LRUCache } from "lru-cache";
import { parentPort, workerData } from "node:worker_threads";
import { Turns } from "../../kernel/turns.js";
import { parseArtefact, signatureOf } from "./artefact.js";
import { heapBytes, startBackend } from "./compute/engine.js";
import { cellOf, type JsonCell } from "./cell.js";
import { ArtefactInvalid, toPlainError } from "./errors.js";
import { type Evaluated, gameOf } from "./explanation/index.js";
import { neededColumns } from "./features.js";
import { Generator } from "./generation/index.js";
import { takeTurn } from "./generation/turn.js";
import { isOnnxArtefact } from "./importing/onnx-artefact.js";
import { Predictor } from "./predictor.js";
import type { Engine } from "./predictor-network.js";
import type { CoalitionsOfRow, FromPredictor, ModelColumns, ToPredictor } from "./predictor-messages.js";
import { valueKindsOf } from "./row-kinds.js";
import { readingOf } from "./sentiment.js";

/* Entry of a prediction thread: holds models, encodes rows, computes; never touches the database. */
/** A model answers rows or goes on with texts. */
type Loaded = Predictor | Generator;

/** A model's tensors are not all it costs: names, categories and code weigh about this much more. */
const bytesBesideWeights = 65_536;

const { cacheBytes, engines } = workerData as { cacheBytes: number; engines: readonly Engine[] };
const models = new LRUCache<string, Loaded>({
  maxSize: cacheBytes,
  sizeCalculation: ({ bytes }) => bytes + bytesBesideWeights,
  dispose: (loaded) => void loaded.dispose(),
});

const lines = new Turns();

function load(bytes: Uint8Array): Promise<Loaded> | Loaded {
  if (isOnnxArtefact(bytes)) return Predictor.load(bytes, engines);
  const artefact = parseArtefact(bytes);
  if (artefact.preprocessing.target.type === "TEXT_GENERATION") return Generator.load(artefact);
  return Predictor.of(artefact, engines);
}

const isApart = (loaded: Loaded | undefined): boolean => loaded instanceof Predictor && loaded.apart;

function columnsOf(loaded: Loaded): ModelColumns | null {
  if (loaded instanceof Generator) return null;
  const { preprocessing, columns, series } = loaded;
  const { inputs, ignored } = signatureOf(preprocessing);
  return {
    places: new Map(columns.map((column, place) => [column, place])),
    known: new Set([...inputs.map(({ column }) => column), ...ignored]),
    needed: neededColumns(preprocessing.features),
    // Of a series the whole history is looked through anyway.
    kinds: valueKindsOf(series ? [] : preprocessing.features),
    series,
    apart: loaded.apart,
  };
}

/** What the network says of each coalition of a row's parts. */
async function evaluate(
  predictor: Predictor,
  { row, coalitions, output }: CoalitionsOfRow,
): Promise<Pick<Evaluated, "players" | "baseline" | "outputs">> {
  const cells = (JSON.parse(row) as JsonCell[]).map(cellOf);
  const game = gameOf(predictor.preprocessing, cells);
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

type Question = Exclude<ToPredictor, { type: "evict" }>;

async function answer(message: Question): Promise<FromPredictor> {
  const { id, key } = message;
  if (message.type === "load") {
    const loaded = await load(message.artefact);
    // Keeping it pushes others out, which only their own line may do: none of them is computing then.
    if (isApart(loaded)) await lines.take("", async () => void models.set(key, loaded));
    else models.set(key, loaded);
    return { type: "loaded", id, engine: loaded.engine, columns: columnsOf(loaded) };
  }
  const model = models.get(key);
  if (!model) return { type: "absent", id };
  if (message.type === "generate") {
    if (!(model instanceof Generator)) throw new ArtefactInvalid("This model predicts rows.");
    return { type: "generated", id, turn: takeTurn(model, message.turn), heapBytes: heapBytes() };
  }
  if (model instanceof Generator) throw new ArtefactInvalid("This model goes on with texts.");
  const { target, engine } = model;
  const reading = readingOf(target);
  if (message.type === "evaluate") {
    const evaluated = await evaluate(model, message);
    return { type: "evaluated", id, reading, engine, ...evaluated, heapBytes: heapBytes() };
  }
  const rows = (JSON.parse(message.rows) as JsonCell[][]).map((row) => row.map(cellOf));
  const outputs = await model.run(rows);
  return { type: "predicted", id, reading, outputs, engine, heapBytes: heapBytes() };
}

async function answerOrFail(message: Question): Promise<FromPredictor> {
  try {
    return await answer(message);
  } catch (error) {
    return { type: "failed", id: message.id, error: toPlainError(error) };
  }
}

await startBackend();

async function handle(message: ToPredictor): Promise<void> {
  if (message.type === "evict") return void models.delete(message.key);
  const answered = await answerOrFail(message);
  // Outputs are handed over, not copied.
  parentPort?.postMessage(answered, answered.type === "predicted" ? [answered.outputs.buffer] : []);
}

/**
 * What this thread computes goes one after the other: a model must not be disposed of while a run of it is under way.
 * A stranger's graph computes elsewhere and may take half a minute, which nobody else's models wait for. Such graphs are
 * loaded in one line, since each of them costs a process.
 */
function lineOf(message: ToPredictor): string {
  if (message.type === "evict") return "";
  if (message.type === "load") return isOnnxArtefact(message.artefact) ? "apart" : "";
  return isApart(models.peek(message.key)) ? message.key : "";
}

parentPort?.on("message", (message: ToPredictor) => {
  void lines.take(lineOf(message), () => handle(message));
});
