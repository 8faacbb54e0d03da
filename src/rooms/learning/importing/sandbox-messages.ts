import type { PlainError } from "../errors.js";
import type { Imported, ImportPlan } from "./plan.js";
import type { OnnxSides } from "./onnx-artefact.js";

/** What is asked of a sandbox; each question is answered once, in order. */
export type ToSandbox =
  | { type: "read"; file: Uint8Array; plan: ImportPlan }
  | { type: "load"; model: Uint8Array; sides: OnnxSides }
  | { type: "run"; matrix: Float32Array; rows: number };

export type FromSandbox =
  | { type: "read"; imported: Imported }
  | { type: "loaded" }
  | { type: "ran"; outputs: Float32Array }
  /** `row` is there where the graph could not compute that one of those it was given. */
  | { type: "failed"; error: PlainError; row?: number };
