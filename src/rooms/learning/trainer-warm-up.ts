import { Learning } from "./learning.js";

/** Enough for every step from rows to an artefact, and little enough to take no time. */
const rows = Array.from({ length: 16 }, (_, row) => [String(row), row % 3 === 0 ? "a" : "b"]);
const task = {
  type: "CLASSIFICATION",
  target: "t",
  features: [{ column: "x", kind: "NUMBER" }],
} as const;

/**
 * Trains something for nobody: what the engine compiles at its first use is compiled when the first real rows come.
 * It leaves no trace in them, since every random number is drawn from a training's own seed.
 */
export async function warmUp(): Promise<void> {
  const plan = { task: { ...task, features: [...task.features] }, seed: 1, hyperparameters: { epochs: 2 } };
  const learning = await Learning.start({ columns: ["x", "t"], rows }, plan);
  try {
    for await (const progress of learning) void progress;
    await learning.finish();
  } finally {
    learning.dispose();
  }
}
