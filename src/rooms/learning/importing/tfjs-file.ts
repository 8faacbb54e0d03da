import { z } from "zod";
import { shown } from "../../../kernel/archives/index.js";
import { sizeOf } from "../architecture/index.js";
import type { ModelFolder } from "./archive-files.js";
import { ModelFileInvalid, ModelFileTooLarge, ModelFileUnsafe, ModelFileUnsupported } from "./errors.js";
import { importLimits } from "./limits.js";

const name = z.string().max(importLimits.nameLength);
const weightSchema = z.object({
  name,
  shape: z.array(z.int().min(0).max(importLimits.side)).max(importLimits.rank),
  dtype: name,
  quantization: z.unknown().optional(),
});
const fileSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(name).max(importLimits.files),
        weights: z.array(weightSchema).max(importLimits.tensors),
      }),
    )
    .max(importLimits.files),
});

export type TfjsFile = z.infer<typeof fileSchema>;
type Group = TfjsFile["weightsManifest"][number];

export interface Tensor {
  shape: number[];
  values: Float32Array;
}

/** @throws MODEL_FILE_INVALID */
export function parseTfjs(json: Buffer): TfjsFile {
  const invalid = (): Error =>
    new ModelFileInvalid(
      "model.json is no TF.js layers model. Save one with model.save or tensorflowjs_converter.",
    );
  try {
    const parsed = fileSchema.safeParse(JSON.parse(json.toString("utf8")));
    if (parsed.success) return parsed.data;
  } catch {
    throw invalid();
  }
  throw invalid();
}

/** A plain name beside model.json: a manifest is no place to name files elsewhere. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

async function bytesOf(folder: ModelFolder, { paths }: Group): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const path of paths) {
    if (!plainName.test(path))
      throw new ModelFileUnsafe(
        `The weights are said to lie in ${shown(path)}, which is no plain file name. Save the weights beside model.json.`,
      );
    const part = await folder.read(path, importLimits.bytes);
    if (!part)
      throw new ModelFileInvalid(`The archive lacks the file ${shown(path)} of the weights. Pack it too.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const valuesIn = (group: Group): number => group.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Quantised weights are rounded ones; a caller should know that before, not find it in the answers. */
function checkKinds({ weights }: Group): void {
  const other = weights.find(({ dtype, quantization }) => dtype !== "float32" || quantization !== undefined);
  if (other)
    throw new ModelFileUnsupported(
      `The weights ${shown(other.name)} are quantised or not float32. Convert them.`,
    );
}

/**
 * All weights by their names; sizes are compared before anything is taken apart.
 * @throws MODEL_FILE_INVALID, MODEL_FILE_UNSAFE, MODEL_FILE_UNSUPPORTED, MODEL_FILE_TOO_LARGE
 */
export async function readWeights(
  folder: ModelFolder,
  { weightsManifest }: TfjsFile,
): Promise<Map<string, Tensor>> {
  if (!(weightsManifest.reduce((sum, group) => sum + valuesIn(group), 0) <= importLimits.parameters))
    throw new ModelFileTooLarge(
      `The model has more than ${importLimits.parameters} parameters. Send a smaller model.`,
    );
  const tensors = new Map<string, Tensor>();
  for (const group of weightsManifest) {
    checkKinds(group);
    const bytes = await bytesOf(folder, group);
    if (bytes.length !== valuesIn(group) * 4)
      throw new ModelFileInvalid(
        "The weights' files have other sizes than model.json promises. Export the model again.",
      );
    let at = 0;
    for (const { name: key, shape } of group.weights) {
      const size = sizeOf(shape) * 4;
      const values = new Float32Array(Uint8Array.from(bytes.subarray(at, at + size)).buffer);
      if (tensors.has(key))
        throw new ModelFileInvalid(`The weights ${shown(key)} are there twice. Export the model again.`);
      if (!values.every(Number.isFinite))
        throw new ModelFileInvalid(
          `The weights ${shown(key)} hold a value that is no finite number. Send a model that was trained well.`,
        );
      tensors.set(key, { shape, values });
      at += size;
    }
  }
  return tensors;
}
