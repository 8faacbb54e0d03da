import { z } from "zod";
import { type Format, pack, unpack } from "./container.js";
import { type EarlyStoppingState, earlyStoppingStateSchema } from "./early-stopping.js";
import { CheckpointMismatch } from "./errors.js";
import { joined } from "./joined.js";
import type { OptimizerState } from "./optimizer.js";

const measured = z.number().nullable();
const epochSchema = z.strictObject({
  loss: z.number(),
  accuracy: measured,
  valLoss: measured,
  valAccuracy: measured,
});
/** Means over an epoch; regression losses are of the standardised target. */
export type EpochMeasures = z.infer<typeof epochSchema>;

const headerSchema = z.strictObject({
  version: z.literal(1),
  /** Digest of all that the weights depend on: data, split, architecture, hyperparameters, seed, kernels. */
  fingerprint: z.string(),
  history: z.array(epochSchema).min(1).max(1_000),
  stopping: earlyStoppingStateSchema,
  iterations: z.int().min(0),
  weights: z.int().min(0),
  best: z.int().min(0),
  optimizer: z.int().min(0),
});

/** The exact state of a training between two epochs. */
interface Checkpoint {
  fingerprint: string;
  history: EpochMeasures[];
  stopping: EarlyStoppingState;
  weights: Float32Array;
  /** Weights of the best epoch so far; null unless early stopping keeps them. */
  best: Float32Array | null;
  optimizer: OptimizerState;
}

const format: Format<z.infer<typeof headerSchema>> = {
  magic: "TNFC",
  header: headerSchema,
  valueCount: ({ weights, best, optimizer }) => weights + best + optimizer,
  error: CheckpointMismatch,
};

export function packCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { weights, best, optimizer, ...rest } = checkpoint;
  const values = joined([weights, best ?? new Float32Array(), optimizer.values]);
  const sizes = { weights: weights.length, best: best?.length ?? 0, optimizer: optimizer.values.length };
  return pack(format.magic, { version: 1, ...rest, iterations: optimizer.iterations, ...sizes }, values);
}

/** @throws CHECKPOINT_MISMATCH for damaged bytes and for a training with another fingerprint */
export function parseCheckpoint(bytes: Uint8Array, fingerprint: string): Checkpoint {
  const { header, values } = unpack(format, bytes);
  if (header.fingerprint !== fingerprint) throw new CheckpointMismatch();
  const { weights, best } = header;
  return {
    fingerprint,
    history: header.history,
    stopping: header.stopping,
    weights: values.slice(0, weights),
    best: best > 0 ? values.slice(weights, weights + best) : null,
    optimizer: { iterations: header.iterations, values: values.slice(weights + best) },
  };
}
