import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { type Architecture, type InputShape, type LayerOutline, outline } from "./architecture/index.js";
import type { Hyperparameters } from "./hyperparameters.js";
import type { ModelType } from "./model-types.js";

/** Encoded rows: inputs of the shape [rows, …], and one-hot classes or standardised numbers. */
export interface Examples {
  x: Tensor;
  y: Tensor2D;
}

export interface TrainerOptions {
  type: ModelType;
  architecture: Architecture;
  /** How the network sees a row of the examples. */
  input: InputShape;
  /** Values that the network puts out, where the examples' targets don't show it. */
  outputs?: number;
  hyperparameters: Hyperparameters;
  seed: number;
  /** Weights to begin with, and how many of the last layers learn; null for fresh weights that all do. */
  start?: { weights?: Float32Array; trainableLayers: number | null } | null;
  train: Examples;
  validation: Examples | null;
  /** Digest of all that the weights depend on; a checkpoint of another one is refused. */
  fingerprint: string;
}

/** Values that the network puts out. */
export const outputsOf = ({ outputs, train }: TrainerOptions): number => outputs ?? train.y.shape[1];

export const outlinesOf = (options: TrainerOptions): readonly LayerOutline[] =>
  outline(options.architecture, options.input, outputsOf(options)).layers;
