import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import {
  type ColumnKind,
  isMissing,
  type LearningPlan,
  type ModelType,
} from "../../../src/rooms/learning/index.js";
import { booleanOf, numberOf } from "../../../src/rooms/learning/cell.js";
import { Learning, type LearningResult } from "../../../src/rooms/learning/learning.js";
import type { Table } from "../../../src/rooms/learning/preprocessing.js";

/** Published data sets: what is predicted, what is left out, and the score that a first-time user must reach. */
export const dataSets = {
  penguins: { type: "CLASSIFICATION", target: "species", drop: [], least: 0.96 },
  titanic: { type: "CLASSIFICATION", target: "survived", drop: ["alive"], least: 0.79 },
  "digits-8x8": { type: "CLASSIFICATION", target: "digit", drop: [], least: 0.95 },
  diabetes: { type: "REGRESSION", target: "progression", drop: [], least: 0.3 },
  // No header: the columns are c0 to c60.
  sonar: { type: "CLASSIFICATION", target: "c60", drop: [], least: 0.82, header: false },
  mpg: { type: "REGRESSION", target: "mpg", drop: ["name"], least: 0.8 },
} as const satisfies Record<
  string,
  { type: ModelType; target: string; drop: readonly string[]; least: number; header?: false }
>;

export type DataSetName = keyof typeof dataSets;

function kindOf(cells: readonly (string | undefined)[]): ColumnKind {
  const present = cells.filter((cell) => !isMissing(cell));
  if (present.every((cell) => numberOf(cell) !== null)) return "NUMBER";
  return present.every((cell) => booleanOf(cell) !== null) ? "BOOLEAN" : "CATEGORY";
}

export interface LoadedSet {
  table: Table & { columns: string[]; rows: string[][] };
  plan: LearningPlan;
  objects: Record<string, string>[];
}

/** A data set of test/data with the plan of someone who chooses nothing but the target. */
export function dataSet(name: DataSetName, seed = 1): LoadedSet {
  const file = new URL(`../../../../test/data/${name}.csv`, import.meta.url);
  const { type, target, drop } = dataSets[name];
  const lines: string[][] = parse(readFileSync(file));
  const headed = !("header" in dataSets[name]);
  const columns = headed ? (lines[0] ?? []) : (lines[0] ?? []).map((_, place) => `c${place}`);
  const rows = headed ? lines.slice(1) : lines;
  const features = columns
    .filter((column) => column !== target && !(drop as readonly string[]).includes(column))
    .map((column) => ({ column, kind: kindOf(rows.map((row) => row[columns.indexOf(column)])) }));
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map((column, place) => [column, row[place] ?? ""])),
  );
  return { table: { columns, rows }, plan: { task: { type, target, features }, seed }, objects };
}

/** A whole training in this process. */
export async function learn(table: Table, plan: LearningPlan): Promise<LearningResult> {
  const learning = await Learning.start(table, plan);
  try {
    for await (const progress of learning) void progress;
    return await learning.finish();
  } finally {
    learning.dispose();
  }
}

/** The declared code of the error that `work` ends with, or "none". */
export async function codeOf(work: (() => unknown) | Promise<unknown>): Promise<string> {
  try {
    await (typeof work === "function" ? work() : work);
    return "none";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

/** The `path: message` pairs of a refused input. */
export function fieldsOf(work: () => unknown): { path: string; message: string }[] {
  try {
    work();
  } catch (error) {
    const { extensions } = error as { extensions?: { fields?: { path: string; message: string }[] } };
    return extensions?.fields ?? [];
  }
  return [];
}

/** The SHA-256 of a training of four epochs that was stopped after two and taken up again from its checkpoint. */
export async function interruptedSha256(table: Table, plan: LearningPlan): Promise<string> {
  const first = await Learning.start(table, plan);
  const epochs = first[Symbol.asyncIterator]();
  await epochs.next();
  await epochs.next();
  const checkpoint = await first.checkpoint();
  first.dispose();
  const second = await Learning.start(table, plan, checkpoint);
  for await (const { epoch } of second) expect(epoch).to.be.within(3, 4);
  const { sha256 } = await second.finish();
  second.dispose();
  return sha256;
}
