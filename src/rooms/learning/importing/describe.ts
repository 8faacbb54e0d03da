import { z } from "zod";
import { sizeOf } from "../architecture/index.js";
import { inputShapeOf, type Preprocessing, preprocessingSchema } from "../preprocessing.js";
import { mostClasses, outputWidth, type Target } from "../target.js";
import { ModelFileInvalid, ModelFileMismatch } from "./errors.js";
import type { ImportPlan } from "./plan.js";

/** What a network takes and gives for one row; images as [height, width, channels]. */
export interface NetworkSides {
  shape: readonly number[];
  /** Values that stand for the target. */
  width: number;
}

const mismatch = (path: string, message: string): Error =>
  new ModelFileMismatch(message, { fields: [{ path, message }] });

/** What one of our own exports says of itself. @throws MODEL_FILE_INVALID where it is not as we write it */
export function parseDescription(text: string): Preprocessing {
  const parsed = z
    .string()
    .transform((json): unknown => JSON.parse(json))
    .pipe(preprocessingSchema)
    .safeParse(jsonOr(text));
  if (parsed.success) return parsed.data;
  throw new ModelFileInvalid(
    "The file's own description of its preprocessing is not as Tenfold writes it. Export the version again.",
  );
}

/** The text where it is JSON, else one that is: zod must not be the one to throw. */
function jsonOr(text: string): string | null {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}

function checkOwn(own: Preprocessing, { type, inputs, classes }: ImportPlan): void {
  if (inputs) throw mismatch("inputs", "The file names its inputs itself. Leave `inputs` out.");
  if (classes) throw mismatch("classes", "The file names its classes itself. Leave `classes` out.");
  if (own.target.type !== type && type !== "CUSTOM")
    throw mismatch(
      "modelId",
      `The file holds a model of type ${own.target.type}; this one is of type ${type}. Import it into one of its own type.`,
    );
}

/** Columns as they stand: how they were scaled in training is part of the network, or its owner's to do. */
function featuresOf(plan: ImportPlan, { shape }: NetworkSides): Preprocessing["features"] {
  const { type, inputs, pixels } = plan;
  if (type === "IMAGE") return [imageOf(plan, shape)];
  if (pixels) throw mismatch("pixels", "Only a model of type IMAGE reads pixels. Leave `pixels` out.");
  if (!inputs)
    throw mismatch(
      "inputs",
      `Name the ${sizeOf(shape)} columns that the network reads, in the order of its input.`,
    );
  if (inputs.length !== sizeOf(shape))
    throw mismatch(
      "inputs",
      `The network reads ${sizeOf(shape)} values a row, but ${inputs.length} columns are named. Name as many.`,
    );
  return inputs.map((column) => ({ kind: "RAW", column }));
}

/** Most networks over images were trained on 0 to 1, which is what is taken where nothing is said. */
function imageOf(
  { inputs, pixels }: ImportPlan,
  shape: readonly number[],
): Preprocessing["features"][number] {
  if (inputs) throw mismatch("inputs", "A model of type IMAGE reads the column `image`. Leave `inputs` out.");
  const [height = 0, width = 0, channels] = shape;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3))
    throw mismatch(
      "modelId",
      `A model of type IMAGE reads [height, width, 1 or 3]; this network reads [${shape.join(", ")}]. Import it into a model of type CUSTOM.`,
    );
  const { mean, deviation } = pixels ?? {
    mean: Array<number>(channels).fill(0),
    deviation: Array<number>(channels).fill(255),
  };
  return { kind: "IMAGE", column: "image", height, width, channels, mean, deviation };
}

/** A number is already in its unit, since nobody tells by what it was standardised. */
function targetOf({ type, target: column, classes }: ImportPlan, width: number): Target {
  if (type === "CUSTOM" || type === "REGRESSION") {
    if (classes) throw mismatch("classes", `A model of type ${type} answers numbers. Leave \`classes\` out.`);
    if (type === "CUSTOM") return { type, column, width };
    if (width !== 1)
      throw mismatch(
        "modelId",
        `A regression answers one number; this network gives ${width}. Import it into a model of type CUSTOM.`,
      );
    return { type, column, mean: 0, deviation: 1 };
  }
  if (type !== "CLASSIFICATION" && type !== "IMAGE")
    throw mismatch(
      "modelId",
      `Only a file that Tenfold exported can become a version of a model of type ${type}. Import it into one of type CUSTOM.`,
    );
  if (!classes) throw mismatch("classes", `Name the ${width} classes, in the order of the network's output.`);
  if (classes.length !== width)
    throw mismatch(
      "classes",
      `The network gives ${width} values a row, but ${classes.length} classes are named. Name as many.`,
    );
  return { type, column: type === "IMAGE" ? "label" : column, classes };
}

/** Texts are written by layers, whose names a graph does not hold any more. */
function checkWritable(own: Preprocessing | null, { format }: ImportPlan): void {
  if (format !== "ONNX" || own?.target.type !== "TEXT_GENERATION") return;
  throw mismatch(
    "format",
    "Texts are written by layers, and an ONNX file no longer says which. Export the version as TFJS and import that, or train it here.",
  );
}

/**
 * What lies between a row and the network: the file's own description, or what was said of it.
 * @throws MODEL_FILE_MISMATCH at the input that does not fit, MODEL_FILE_INVALID
 */
export function preprocessingFor(
  plan: ImportPlan,
  sides: NetworkSides,
  own: Preprocessing | null,
): Preprocessing {
  checkWritable(own, plan);
  if (sides.width > mostClasses)
    throw mismatch(
      "modelId",
      `The network gives ${sides.width} values a row, more than ${mostClasses}. Send a network that gives fewer.`,
    );
  if (own) checkOwn(own, plan);
  const made = own ?? { features: featuresOf(plan, sides), leftOut: [], target: targetOf(plan, sides.width) };
  const parsed = preprocessingSchema.safeParse(made);
  if (!parsed.success)
    throw mismatch("pixels", "These inputs, classes or pixels are not valid. Correct them.");
  const read = sizeOf(inputShapeOf(made).shape);
  if (read === sizeOf(sides.shape) && outputWidth(made.target) === sides.width) return made;
  throw new ModelFileInvalid(
    "The file's own description does not fit its network. Export the version again.",
  );
}
