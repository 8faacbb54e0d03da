import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { LearningPlan } from "../../../../src/rooms/learning/index.js";
import { Learning, type LearningResult } from "../../../../src/rooms/learning/learning.js";
import type { Table } from "../../../../src/rooms/learning/preprocessing.js";
import type { SeriesMetrics } from "../../../../src/rooms/learning/series/metrics.js";
import type { SeriesChoice, SeriesTarget } from "../../../../src/rooms/learning/series/settings.js";

export const sets = {
  "airline-passengers": { time: "Month", target: "Passengers" },
  "daily-min-temperatures": { time: "Date", target: "Temp" },
} as const;

/** A published series as its file has it. */
export function seriesSet(name: keyof typeof sets): Table {
  const file = new URL(`../../../../../test/data/${name}.csv`, import.meta.url);
  const [columns = [], ...rows] = parse(readFileSync(file));
  return { columns, rows };
}

export function planFor(name: keyof typeof sets, more: Partial<LearningPlan> = {}): LearningPlan {
  const { time, target } = sets[name];
  const task = { type: "TIME_SERIES", target, features: [], series: { timeColumn: time } } as const;
  return { task: { ...task, features: [] }, seed: 1, ...more };
}

/** A table of one column, and of times where wanted. */
export const tableOf = (values: readonly (number | string | null)[], column = "y"): Table => ({
  columns: [column],
  rows: values.map((value) => [value === null ? null : String(value)]),
});

export const planOf = (series: SeriesChoice = {}, more: Partial<LearningPlan> = {}): LearningPlan => ({
  task: { type: "TIME_SERIES", target: "y", features: [], series },
  hyperparameters: { epochs: 3 },
  seed: 1,
  ...more,
});

/** Seasonal values that grow, with a little that no forecast can know. */
export const waves = (rows: number, season: number): number[] =>
  Array.from(
    { length: rows },
    (_, row) => 50 + 0.3 * row + 20 * Math.sin((2 * Math.PI * row) / season) + ((row * 7_919) % 13) / 4,
  );

/** A whole training in this process. */
export async function forecastLearnt(table: Table, plan: LearningPlan): Promise<LearningResult> {
  const learning = await Learning.start(table, plan);
  try {
    for await (const progress of learning) void progress;
    return await learning.finish();
  } finally {
    learning.dispose();
  }
}

export const targetOf = ({ preprocessing }: Pick<LearningResult, "preprocessing">): SeriesTarget => {
  const { target } = preprocessing;
  if (target.type !== "TIME_SERIES") throw new TypeError("It is no series.");
  return target;
};

export const measured = ({ metrics }: LearningResult): SeriesMetrics => {
  if (!("forecast" in metrics)) throw new TypeError("It is no series.");
  return metrics;
};
