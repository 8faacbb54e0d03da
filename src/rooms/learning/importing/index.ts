/*
 * Models of others, as TF.js layers or ONNX. Invariants: a file is read, and native code runs on it, in a sandbox only;
 * what is kept is our own writing of what was checked; nothing in a file is a path that is followed or code that is run.
 */
import { importLimits } from "./limits.js";
import { ModelFileTooLarge } from "./errors.js";
import { fromPlainError } from "../errors.js";
import { ModelFileInvalid } from "./errors.js";
import type { Imported, ImportPlan } from "./plan.js";
import { Sandbox, SandboxEnded } from "./sandbox.js";

export { ModelFileMismatch, ModelFileTooLarge } from "./errors.js";
export { importLimits } from "./limits.js";
export { type Imported, type ImportFormat, importFormats, type ImportPlan } from "./plan.js";

/** Reads a model's file in a process of its own and tries it out. @throws MODEL_FILE_… */
export async function importModel(file: Uint8Array, plan: ImportPlan): Promise<Imported> {
  const sandbox = new Sandbox();
  try {
    const answer = await sandbox.ask({ type: "read", file, plan }, importLimits.readMs);
    if (answer.type === "read") return answer.imported;
    throw answer.type === "failed" ? fromPlainError(answer.error, ModelFileInvalid) : new ModelFileInvalid();
  } catch (error) {
    throw error instanceof SandboxEnded ? new ModelFileTooLarge(tooMuch) : error;
  } finally {
    await sandbox.close();
  }
}

const tooMuch = `The file takes more than ${importLimits.readMs / 1_000} s or ${importLimits.memoryBytes / 2 ** 20} MiB to be read and tried out. Send a smaller model.`;
