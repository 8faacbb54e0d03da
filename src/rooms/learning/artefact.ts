import { z } from "zod";
import type { ImageSize } from "../../kernel/images/index.js";
import { type Architecture, architectureLimits, architectureSchema, outline } from "./architecture/index.js";
import type { FeatureKind } from "./cell.js";
import { type Format, pack, sha256, unpack } from "./container.js";
import { ArtefactInvalid } from "./errors.js";
import type { Feature } from "./features.js";
import type { ImageInput } from "./image-rows.js";
import { inputShapeOf, type Preprocessing, preprocessingSchema } from "./preprocessing.js";
import type { SeriesTarget } from "./series/settings.js";
import { classesOf, columnOf, outputWidth, type Target } from "./target.js";

/** Version 1 knew dense layers alone, which its layers without a type still are. */
const denseFormat = { format: z.literal("tenfold-dense"), version: z.literal(1) };
const layeredFormat = { format: z.literal("tenfold-layers"), version: z.literal(2) };
const content = {
  kernels: z.strictObject({ backend: z.string().max(32), version: z.string().max(32) }),
  preprocessing: preprocessingSchema,
  architecture: architectureSchema,
};
const headerSchema = z.discriminatedUnion("version", [
  z.strictObject({ ...denseFormat, ...content }),
  z.strictObject({ ...layeredFormat, ...content }),
]);

/** A trained model, complete: what it reads, how it computes, what it answers. */
export interface Artefact {
  preprocessing: Preprocessing;
  architecture: Architecture;
  /** Back end and version that computed the weights. */
  kernels: { backend: string; version: string };
  /** In the order of `weightShapes`. */
  weights: Float32Array;
}

/** What a caller must send and gets back. */
export interface Signature {
  inputs: {
    column: string;
    kind: FeatureKind;
    categories: string[] | null;
    /** Of an image: the size in which the network sees it. */
    image?: ImageSize;
  }[];
  /** Known columns that a row may hold and the model does not read. */
  ignored: string[];
  output: {
    column: string;
    type: Target["type"];
    classes: string[] | null;
    /** Of an imported CUSTOM network: how many numbers it answers. */
    width?: number;
  };
  /** Of a forecast: how many observations must be sent, and how many steps ahead are answered. */
  series?: Pick<SeriesTarget, "timeColumn" | "window" | "horizon" | "season">;
}

function valueCount({ architecture, preprocessing }: z.infer<typeof headerSchema>): number {
  const outputs = outputWidth(preprocessing.target);
  const { layers, fault } = outline(architecture, inputShapeOf(preprocessing), outputs);
  const count = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  // A header may promise any size; nothing larger than training allows is ever read.
  return fault === null && count <= architectureLimits.parameters ? count : -1;
}

const format: Format<z.infer<typeof headerSchema>> = {
  magic: "TNFA",
  header: headerSchema,
  valueCount,
  error: ArtefactInvalid,
};

/** The artefact as bytes, with their SHA-256 in hexadecimal. */
export function packArtefact(artefact: Artefact): { bytes: Uint8Array; sha256: string } {
  const { weights, ...rest } = artefact;
  const bytes = pack(format.magic, { format: "tenfold-layers", version: 2, ...rest }, weights);
  return { bytes, sha256: sha256(bytes) };
}

/** @throws ARTEFACT_INVALID for anything that `packArtefact` would not have written, or another SHA-256 than expected. */
export function parseArtefact(bytes: Uint8Array, expectedSha256?: string): Artefact {
  if (expectedSha256 !== undefined && sha256(bytes) !== expectedSha256) {
    throw new ArtefactInvalid(undefined, { fault: "The SHA-256 is not the recorded one." });
  }
  const { header, values } = unpack(format, bytes);
  const { preprocessing, architecture, kernels } = header;
  return { preprocessing, architecture, kernels, weights: values };
}

const sizeOfImage = ({ width, height, channels }: ImageSize): ImageSize => ({ width, height, channels });

/** The image among a model's inputs, or null where it reads a table. */
export function imageInputOf({ inputs }: Signature): ImageInput | null {
  const [only] = inputs;
  return only?.image ? { column: only.column, ...only.image } : null;
}

/** How a column is encoded is no business of who sends it. */
function kindOf({ kind }: Feature): FeatureKind {
  if (kind === "TOKENS") return "TEXT";
  return kind === "SERIES" || kind === "RAW" ? "NUMBER" : kind;
}

const seriesOf = ({ timeColumn, window, horizon, season }: SeriesTarget): Signature["series"] => ({
  timeColumn,
  window,
  horizon,
  season,
});

/** The model's inputs and output for people and generated clients. */
export function signatureOf({ features, leftOut, target }: Preprocessing): Signature {
  return {
    inputs: features.map((feature) => ({
      column: feature.column,
      kind: kindOf(feature),
      categories: feature.kind === "CATEGORY" ? feature.categories : null,
      ...(feature.kind === "IMAGE" && { image: sizeOfImage(feature) }),
    })),
    // The past of a series is what it is forecast from, and clusters are in no column.
    ignored: [
      ...(target.type === "TIME_SERIES" || target.type === "CLUSTERING" ? [] : [target.column]),
      ...leftOut.map(({ column }) => column),
    ],
    output: {
      column: columnOf(target),
      type: target.type,
      classes: classesOf(target),
      ...(target.type === "CUSTOM" && { width: target.width }),
    },
    ...(target.type === "TIME_SERIES" && { series: seriesOf(target) }),
  };
}
