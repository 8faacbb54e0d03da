import { TenfoldError } from "../../../kernel/errors.js";
import { ModelFileInvalid } from "./errors.js";
import type { Imported, ImportPlan } from "./plan.js";
import { readOnnxImport } from "./read-onnx.js";
import { readTfjsImport } from "./read-tfjs.js";

const readers = { ONNX: readOnnxImport, TFJS: readTfjsImport };

/**
 * Reads a model's file; for a sandbox. Whatever a reader stumbles over that was not foreseen is the file's fault.
 * @throws MODEL_FILE_…
 */
export async function readImport(file: Uint8Array, plan: ImportPlan): Promise<Imported> {
  try {
    return await readers[plan.format](file, plan);
  } catch (error) {
    if (error instanceof TenfoldError) throw error;
    throw Object.assign(new ModelFileInvalid(), { cause: error });
  }
}
