import type { Architecture } from "../architecture/index.js";
import type { Preprocessing } from "../preprocessing.js";
import type { ModelType } from "../model-types.js";

export const importFormats = ["ONNX", "TFJS"] as const;
export type ImportFormat = (typeof importFormats)[number];

/** What is said of a model's file before it is read. */
export interface ImportPlan {
  format: ImportFormat;
  /** Type of the model that it becomes a version of. */
  type: ModelType;
  /** Column that it predicts. */
  target: string;
  /** Columns that it reads, in the order of its input; null where the file describes itself or reads images. */
  inputs: string[] | null;
  /** In the order of its output; null where the file describes itself or answers numbers. */
  classes: string[] | null;
  /** What is subtracted from each channel's brightness, 0 to 255, and what it is divided by then. */
  pixels: { mean: number[]; deviation: number[] } | null;
}

/** A model's file that was read and found good. */
export interface Imported {
  artefact: Uint8Array;
  /** Of the artefact. */
  sha256: string;
  preprocessing: Preprocessing;
  /** Null for a graph that is not made of layers of ours. */
  architecture: Architecture | null;
  kernels: { backend: string; version: string };
}
