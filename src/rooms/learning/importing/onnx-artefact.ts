import { z } from "zod";
import { packBytes, sha256, unpackBytes } from "../container.js";
import { ArtefactInvalid } from "../errors.js";
import { type Preprocessing, preprocessingSchema } from "../preprocessing.js";
import { importLimits } from "./limits.js";

const side = z.int().min(1).max(importLimits.rowValues);

/** How the graph takes a row and what it gives. */
const sidesSchema = z.strictObject({
  /** Names of the graph's one input and output. */
  input: z.string().max(importLimits.nameLength),
  output: z.string().max(importLimits.nameLength),
  /** Of one row, without the batch. */
  shape: z.array(side).min(1).max(importLimits.rank),
  /** Images as [channels, height, width], as most libraries but TensorFlow have them. */
  channelsFirst: z.boolean(),
  /** Values of a row. */
  width: side,
  /** Scores before a softmax or plain numbers; shares that sum to 1; or the one share of the second of two classes. */
  answers: z.enum(["SCORES", "SHARES", "SHARE"]),
});
export type OnnxSides = z.infer<typeof sidesSchema>;

const headerSchema = z.strictObject({
  format: z.literal("tenfold-onnx"),
  version: z.literal(1),
  kernels: z.strictObject({ backend: z.string().max(32), version: z.string().max(32) }),
  preprocessing: preprocessingSchema,
  sides: sidesSchema,
});

/** An imported graph that is served as it is, with what is known of its inputs and outputs. */
export interface OnnxArtefact {
  preprocessing: Preprocessing;
  sides: OnnxSides;
  kernels: { backend: string; version: string };
  /** Checked and written anew by us; see `readOnnx`. */
  model: Uint8Array;
}

const format = { magic: "TNFO", header: headerSchema, error: ArtefactInvalid };

export const isOnnxArtefact = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 4)).toString("latin1") === format.magic;

/** The artefact as bytes, with their SHA-256 in hexadecimal. */
export function packOnnxArtefact({ model, ...rest }: OnnxArtefact): { bytes: Uint8Array; sha256: string } {
  const bytes = packBytes(format.magic, { format: "tenfold-onnx", version: 1, ...rest }, model);
  return { bytes, sha256: sha256(bytes) };
}

/** @throws ARTEFACT_INVALID for anything that `packOnnxArtefact` would not have written */
export function parseOnnxArtefact(bytes: Uint8Array): OnnxArtefact {
  const { header, body } = unpackBytes(format, bytes);
  const { preprocessing, sides, kernels } = header;
  return { preprocessing, sides, kernels, model: body };
}
