import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import type { EpochMeasures } from "../checkpoint.js";
import { type EarlyStoppingState, earlyStoppingStateSchema } from "../early-stopping.js";
import { CheckpointMismatch } from "../errors.js";
import type { Tree } from "./tree.js";

/** The exact state of a boosting between two epochs: what is said of each row follows from the trees. */
interface TreeCheckpoint {
  fingerprint: string;
  history: EpochMeasures[];
  stopping: EarlyStoppingState;
  trees: Tree[];
}

/** Another version's trees may differ in their last bits. */
const version = 1;
const frame = z.object({
  version: z.literal(version),
  fingerprint: z.string(),
  history: z.array(z.custom<EpochMeasures>((value) => typeof value === "object")),
  stopping: earlyStoppingStateSchema,
  trees: z.array(z.custom<Tree>((value) => typeof value === "object" && value !== null && "leaves" in value)),
});

/** By the structured clone of V8, which keeps doubles to the bit. */
export const packTrees = (checkpoint: TreeCheckpoint): Uint8Array => serialize({ version, ...checkpoint });

function read(bytes: Uint8Array): unknown {
  try {
    return deserialize(bytes);
  } catch {
    throw new CheckpointMismatch();
  }
}

/** @throws CHECKPOINT_MISMATCH for damaged bytes and for a boosting with another fingerprint */
export function parseTrees(bytes: Uint8Array, fingerprint: string): TreeCheckpoint {
  const parsed = frame.safeParse(read(bytes));
  if (!parsed.success || parsed.data.fingerprint !== fingerprint) throw new CheckpointMismatch();
  return parsed.data;
}
