import { sizeOf } from "../architecture/index.js";
import { predictsClasses } from "../model-types.js";
import { inputShapeOf, type Preprocessing } from "../preprocessing.js";
import { seededRandom } from "../random.js";
import { type NetworkSides, parseDescription, preprocessingFor } from "./describe.js";
import { ModelFileTooLarge, ModelFileUnsupported } from "./errors.js";
import { GraphSession } from "./graph-session.js";
import { importLimits } from "./limits.js";
import { type OnnxSides, packOnnxArtefact } from "./onnx-artefact.js";
import { type CheckedGraph, readOnnx } from "./onnx-model.js";
import type { Imported, ImportPlan } from "./plan.js";

/** Of an image that is not one of ours: channels behind the places only where they can't be in front. */
const isChannelsFirst = (plan: ImportPlan, own: Preprocessing | null, shape: readonly number[]): boolean =>
  own === null && plan.type === "IMAGE" && shape.length === 3 && (shape[0] === 1 || shape[0] === 3);

/** What the output's numbers are, by the operator that gives them. */
function answersOf(
  plan: ImportPlan,
  own: Preprocessing | null,
  { last }: CheckedGraph,
  width: number,
): OnnxSides["answers"] {
  if (own || !predictsClasses(plan.type)) return "SCORES";
  if (last === "Softmax") return "SHARES";
  if (last !== "Sigmoid") return "SCORES";
  if (width === 1 && plan.classes?.length === 2) return "SHARE";
  throw new ModelFileUnsupported(
    "The graph ends in a Sigmoid of several values, which are no shares of one whole. Import it into a model of type CUSTOM.",
  );
}

/** Rows of zeros, of ones and of drawn values, or of the first, last and any tokens. */
function trialRows(preprocessing: Preprocessing): Float32Array[] {
  const { shape, vocabulary } = inputShapeOf(preprocessing);
  const random = seededRandom("import", sizeOf(shape));
  const draw = vocabulary === undefined ? () => random() * 4 - 2 : () => Math.floor(random() * vocabulary);
  const values = [() => 0, () => (vocabulary === undefined ? 1 : vocabulary - 1), draw, draw];
  return values.map((value) => Float32Array.from({ length: sizeOf(shape) }, value));
}

/**
 * Computes a few rows before anybody may ask for any. What is run is our own writing of what was checked, and in a sandbox.
 * @throws MODEL_FILE_UNSUPPORTED, MODEL_FILE_TOO_LARGE
 */
async function tryOut(model: Uint8Array, sides: OnnxSides, preprocessing: Preprocessing): Promise<void> {
  const session = await GraphSession.open(model, sides);
  let shortest = Number.POSITIVE_INFINITY;
  for (const row of trialRows(preprocessing)) {
    const begin = performance.now();
    const outputs = await session.run(row, 1);
    shortest = Math.min(shortest, performance.now() - begin);
    if (!outputs.every(Number.isFinite))
      throw new ModelFileUnsupported(
        "The graph answers a row of small numbers with what is no number. Check its weights, and send a model that does.",
      );
  }
  if (shortest > importLimits.rowMs)
    throw new ModelFileTooLarge(
      `The graph takes more than ${importLimits.rowMs} ms for one row. Send a smaller one.`,
    );
}

/** Reads and tries out an ONNX file. For a sandbox: the trial runs native code on it. @throws MODEL_FILE_… */
export async function readOnnxImport(file: Uint8Array, plan: ImportPlan): Promise<Imported> {
  const graph = readOnnx(file);
  const description = graph.metadata.get("tenfold.preprocessing");
  const own = description === undefined ? null : parseDescription(description);
  const { shape } = graph.input;
  const width = sizeOf(graph.output.shape);
  const answers = answersOf(plan, own, graph, width);
  const channelsFirst = isChannelsFirst(plan, own, shape);
  const seen = channelsFirst ? [...shape.slice(1), ...shape.slice(0, 1)] : shape;
  const asRow: NetworkSides = { shape: seen, width: answers === "SHARE" ? 2 : width };
  const preprocessing = preprocessingFor(plan, asRow, own);
  const sides = { input: graph.input.name, output: graph.output.name, shape, channelsFirst, width, answers };
  // Only what answers scores means the same when it is read again by its own description.
  const more: Record<string, string> =
    answers === "SCORES" && !channelsFirst ? { "tenfold.preprocessing": JSON.stringify(preprocessing) } : {};
  const model = graph.encode(more);
  await tryOut(model, sides, preprocessing);
  const kernels = { backend: "imported", version: "ONNX" };
  const { bytes, sha256 } = packOnnxArtefact({ preprocessing, sides, kernels, model });
  return { artefact: bytes, sha256, preprocessing, architecture: null, kernels };
}
