import { readFileSync } from "node:fs";
import type { LearningPlan } from "../../../../src/rooms/learning/index.js";
import type { Table } from "../../../../src/rooms/learning/preprocessing.js";

/** Short messages as people sent them; the first `count` of some 5,600. */
export const messages = (count: number): string[] =>
  readFileSync(new URL("../../../../../test/data/sms-spam.tsv", import.meta.url), "utf8")
    .split("\n")
    .slice(0, count)
    .map((line) => line.split("\t")[1] ?? "");

export const tableOf = (texts: readonly (string | null)[]): Table => ({
  columns: ["text"],
  rows: texts.map((text) => [text]),
});

/** Who goes on with the texts of that one column, and chooses nothing else. */
export const planFor = (more: Partial<LearningPlan> = {}): LearningPlan => ({
  task: { type: "TEXT_GENERATION", target: "text", features: [{ column: "text", kind: "TEXT" }] },
  seed: 1,
  ...more,
});

/** A network and settings that learn a few hundred texts in a second or two. */
export const small = { preset: "GRU", parameters: { units: 32, dimensions: 16, dropout: 0 } } as const;
export const quick = { epochs: 2, batchSize: 8, learningRate: 0.01, contextLength: 32 };
