import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import type { EpochMeasures } from "../checkpoint.js";
import { CheckpointMismatch } from "../errors.js";
import type { SearchState } from "./search.js";

/** The exact state of a clustering between two epochs. */
interface ClusterCheckpoint {
  fingerprint: string;
  history: EpochMeasures[];
  state: SearchState;
}

/** Another version's steps may differ in their last bits. */
const version = 1;
const frame = z.object({
  version: z.literal(version),
  fingerprint: z.string(),
  history: z.array(z.custom<EpochMeasures>((value) => typeof value === "object")),
  state: z.custom<SearchState>(
    (value) => typeof value === "object" && value !== null && "candidates" in value,
  ),
});

/** By the structured clone of V8, which keeps doubles to the bit. */
export const packClusters = (checkpoint: ClusterCheckpoint): Uint8Array =>
  serialize({ version, ...checkpoint });

function read(bytes: Uint8Array): unknown {
  try {
    return deserialize(bytes);
  } catch {
    throw new CheckpointMismatch();
  }
}

/** @throws CHECKPOINT_MISMATCH for damaged bytes and for a clustering with another fingerprint */
export function parseClusters(bytes: Uint8Array, fingerprint: string): ClusterCheckpoint {
  const parsed = frame.safeParse(read(bytes));
  if (!parsed.success || parsed.data.fingerprint !== fingerprint) throw new CheckpointMismatch();
  return parsed.data;
}
