import { TenfoldError } from "../../../kernel/errors.js";
import {
  type Architecture,
  faultsOf,
  type InputShape,
  type LayerOutline,
  maskedLayers,
  outline,
  parseArchitecture,
  sizeOf,
  weightShapes,
} from "../architecture/index.js";
import { packArtefact } from "../artefact.js";
import { predictsClasses } from "../model-types.js";
import type { Feature } from "../features.js";
import { joined } from "../joined.js";
import { inputShapeOf, type Preprocessing } from "../preprocessing.js";
import { ModelFolder } from "./archive-files.js";
import { parseDescription, preprocessingFor } from "./describe.js";
import { ModelFileInvalid, ModelFileUnsupported } from "./errors.js";
import { piecesOf } from "./keras-layers.js";
import type { Piece } from "./keras-place.js";
import { importLimits } from "./limits.js";
import type { Imported, ImportPlan } from "./plan.js";
import { parseTfjs, readWeights } from "./tfjs-file.js";
import { inputSidesOf, layersOf } from "./tfjs-topology.js";
import { KerasWeights, type WeightSource } from "./tfjs-weights.js";

/** Hidden layers and the output layer, which here is always sums alone. */
interface Network {
  hidden: Piece[];
  output: Record<string, WeightSource>;
  width: number;
}

const identity: WeightSource = ([side = 1]) =>
  Float32Array.from({ length: side * side }, (_, at) => Number(at % (side + 1) === 0));

/** The score of the second class against a first one of 0 is what the softmax of two makes the same share of. */
const besideZero =
  (source: WeightSource): WeightSource =>
  (shape) => {
    const values = source([...shape.slice(0, -1), 1]);
    return Float32Array.from({ length: values.length * 2 }, (_, at) =>
      at % 2 === 0 ? 0 : (values[at >> 1] ?? 0),
    );
  };

const sumsOf = ({ weights }: Piece, change = (source: WeightSource): WeightSource => source) =>
  Object.fromEntries(Object.entries(weights).map(([name, source]) => [name, change(source)]));

/** Takes the last layer's sums for the output; whatever they pass through stays a hidden layer before an identity. */
function networkOf(pieces: readonly Piece[], plan: ImportPlan): Network {
  const last = pieces.at(-1);
  if (!last) throw new ModelFileInvalid("The network has no layers. Export the model again.");
  const hidden = pieces.slice(0, -1);
  if (last.softmax && !predictsClasses(plan.type))
    throw new ModelFileUnsupported(
      "The network ends in a softmax. Import it into a model of type CLASSIFICATION.",
    );
  const { layer } = last;
  const plain = layer.type === "DENSE" && !layer.batchNormalization;
  if (plain && layer.activation === "LINEAR") return { hidden, output: sumsOf(last), width: layer.units };
  if (plain && layer.activation === "SIGMOID" && predictsClasses(plan.type)) {
    if (layer.units === 1 && plan.classes?.length === 2)
      return { hidden, output: sumsOf(last, besideZero), width: 2 };
    throw new ModelFileUnsupported(
      "The network ends in sigmoids, which are no shares of one whole. Import it into a model of type CUSTOM.",
    );
  }
  const bias: WeightSource = ([side = 1]) => new Float32Array(side);
  return { hidden: [...pieces], output: { kernel: identity, bias }, width: 0 };
}

/** Ours are checked by the rules of ours: names, bounds, and shapes that fit. */
function architectureOf(
  pieces: readonly Piece[],
  input: readonly number[],
  sides: readonly number[],
): Architecture {
  const reshaped =
    sides.length > 1 && input.length === 1 ? [{ type: "RESHAPE" as const, shape: [...sides] }] : [];
  try {
    return parseArchitecture({ layers: [...reshaped, ...pieces.map(({ layer }) => layer)] });
  } catch (error) {
    throw refusalOf(error);
  }
}

/** What our rules call the place of a fault is nothing that the caller of an import has sent. */
const ourPlaces = /^The input is not valid: architecture\./;

const refusalOf = (error: unknown): unknown =>
  error instanceof TenfoldError
    ? new ModelFileUnsupported(error.message.replace(ourPlaces, "The file's network is not served: "))
    : error;

/** The width that the hidden layers give, where it is the output's. */
function lastWidth(architecture: Architecture, input: InputShape): number {
  const kernel = shapesOf(architecture, input, 1).find(({ name }) => name === "output.kernel");
  return kernel?.shape[0] ?? 1;
}

function shapesOf(architecture: Architecture, input: InputShape, outputs: number) {
  try {
    return weightShapes(architecture, input, outputs);
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Reads a TF.js layers model, or a Keras one that was converted, into layers of ours. @throws MODEL_FILE_… */
export async function readTfjsImport(file: Uint8Array, plan: ImportPlan): Promise<Imported> {
  const folder = await ModelFolder.open(file, "model.json");
  const json = await folder.read("model.json", importLimits.jsonBytes);
  const model = parseTfjs(json ?? Buffer.alloc(0));
  const description = await folder.read("preprocessing.json", importLimits.jsonBytes);
  const layers = layersOf(model);
  const sides = inputSidesOf(layers);
  const weights = new KerasWeights(await readWeights(folder, model));
  const pieces = piecesOf(layers, weights);
  const own = description && maskedAs(pieces, parseDescription(description.toString("utf8")));
  const input = own ? inputShapeOf(own) : { shape: plan.type === "IMAGE" ? sides : [sizeOf(sides)] };
  const { hidden, output, width } = networkOf(pieces, plan);
  const architecture = architectureOf(hidden, input.shape, sides);
  const outputs = width || lastWidth(architecture, input);
  const preprocessing = preprocessingFor(plan, { shape: sides, width: outputs }, own);
  const [fault] = faultsOf(architecture, input, outputs, 1);
  if (fault) throw new ModelFileUnsupported(fault.message);
  const reshaped = architecture.layers.length - hidden.length;
  checkAxes(hidden, outline(architecture, input, outputs).layers.slice(reshaped));
  checkMasks(hidden, maskedLayers(architecture, input).slice(reshaped));
  const values = shapesOf(architecture, input, outputs).flatMap(({ name, shape }) => {
    const dot = name.indexOf(".");
    const [place, part] = [name.slice(0, dot), name.slice(dot + 1)];
    const source = (place === "output" ? output : hidden[Number(place) - reshaped]?.weights)?.[part];
    if (!source) throw new ModelFileInvalid(`The network lacks the weights ${name}. Export the model again.`);
    return [source(shape)];
  });
  const kernels = { backend: "imported", version: "TFJS" };
  const { bytes, sha256 } = packArtefact({ preprocessing, architecture, kernels, weights: joined(values) });
  return { artefact: bytes, sha256, preprocessing, architecture, kernels };
}

/** Padding is left out where the network does that, whatever its description says. */
function maskedAs(pieces: readonly Piece[], own: Preprocessing): Preprocessing {
  const features = own.features.map((feature): Feature => {
    if (feature.kind !== "TOKENS") return feature;
    const { maskZero: _described, ...sequence } = feature.sequence;
    const masked = pieces.some((piece) => piece.masked);
    return { ...feature, sequence: { ...sequence, ...(masked && { maskZero: true as const }) } };
  });
  return { ...own, features };
}

function checkAxes(pieces: readonly Piece[], outlines: readonly LayerOutline[]): void {
  pieces.forEach(({ layer, axes = [] }, index) => {
    const rank = outlines[index]?.shape.length ?? 0;
    if (axes.some((axis) => axis !== rank))
      throw new ModelFileUnsupported(
        `A ${layer.type} is over another axis than the last, which is not served. Export it as ONNX.`,
      );
  });
}

/** Ours know padding only while a step is a token; a file may tell it behind a convolution, which is another function. */
function checkMasks(pieces: readonly Piece[], masked: readonly boolean[]): void {
  if (pieces.every((piece, index) => (piece.masked ?? false) === masked[index])) return;
  throw new ModelFileUnsupported(
    "The network leaves out padding where its steps are no longer tokens, which is not served. Export it as ONNX.",
  );
}
