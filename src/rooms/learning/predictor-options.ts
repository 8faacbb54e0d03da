import type { Room } from "./fair-turns.js";
import { engines } from "./predictor-network.js";
import type { ThreadLimits } from "./predictor-thread.js";

/** The limits hold for each thread. */
export interface PredictorPoolOptions extends ThreadLimits {
  threads: number;
  /** Answer requests for a model that arrive in one turn of the event loop together. */
  microBatching: boolean;
  /** A thread is replaced when its WebAssembly heap, which never shrinks, has grown beyond this. */
  mostHeapBytes: number;
  /** What one owner of models may have waiting. */
  room: Room;
}

export const defaultOptions: PredictorPoolOptions = {
  threads: 2,
  cacheBytes: 256 * 2 ** 20,
  engines,
  heapMegabytes: 512,
  microBatching: true,
  mostHeapBytes: 2 ** 30,
  room: { requests: 2_000, bytes: 64 * 2 ** 20 },
};

/** Rows, and size of their text, beyond which a batch is sent off without waiting for more. */
export const mostBatchRows = 64;
export const mostBatchBytes = 2 ** 20;

/** Batches that a thread has before it: one that is computed, and others so that it need not wait for the next. */
export const turns = { most: 8, mostForOne: 2 };

/** The same of models that are computed in processes of their own: each has one at work, and one may wait. */
export const turnsApart = { most: 4, mostForOne: 2 };
