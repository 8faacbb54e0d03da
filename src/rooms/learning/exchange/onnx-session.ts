import type { InferenceSession } from "onnxruntime-node";

/**
 * One thread, because the predictor's threads share out the cores already and because sums that are split among
 * threads may be added in another order. Without the arena, which keeps its largest run's memory for good.
 */
export const sessionOptions: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  enableCpuMemArena: false,
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
};
