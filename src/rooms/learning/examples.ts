import { type Tensor2D, tensor, tensor2d } from "@tensorflow/tfjs-core";
import { unusable } from "./errors.js";
import type { Hyperparameters } from "./hyperparameters.js";
import { columnCells, inputShapeOf, type Preprocessing, RowEncoder, type Table } from "./preprocessing.js";
import { seriesExamples } from "./series/examples.js";
import { outputWidth, type TableTarget, targetValues } from "./target.js";
import type { Examples } from "./trainer-options.js";

type ClassWeighing = Pick<Hyperparameters, "classWeights" | "weightsOfClasses">;

/** Inverse frequencies with mean 1 over the rows: rows / (classes × rows of the class), as scikit-learn's "balanced". */
export function balancedWeights(classNumbers: readonly number[], classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const place of classNumbers) counts[place] = (counts[place] ?? 0) + 1;
  return counts.map((count) => (count > 0 ? classNumbers.length / (classes * count) : 0));
}

/** What the rows of each class count in the loss; null where all count alike. */
function weightsFor(
  target: TableTarget,
  values: readonly number[],
  { classWeights, weightsOfClasses }: ClassWeighing,
): number[] | null {
  if (classWeights === "BALANCED") return balancedWeights(values, outputWidth(target));
  if (!weightsOfClasses || target.type === "REGRESSION") return null;
  const byLabel = new Map(weightsOfClasses.map(({ label, weight }) => [label, weight]));
  const unknown = [...byLabel.keys()].find((label) => !target.classes.includes(label));
  if (unknown !== undefined) throw unknownClass(unknown, target.classes);
  return target.classes.map((label) => byLabel.get(label) ?? 1);
}

/** How much each row counts in the loss. */
export function rowWeights(
  target: TableTarget,
  values: readonly number[],
  weighing: ClassWeighing,
): number[] {
  const weights = weightsFor(target, values, weighing);
  return values.map((place) => weights?.[place] ?? 1);
}

function unknownClass(label: string, classes: readonly string[]): Error {
  const known = classes.slice(0, 20).join(", ");
  const message = `A weight is given to the class ${JSON.stringify(label)}, which no training row has. There are: ${known}.`;
  return unusable("hyperparameters.weightsOfClasses", message);
}

function encodeTarget(
  target: TableTarget,
  values: readonly number[],
  weights: readonly number[] | null,
): Float32Array {
  if (target.type === "REGRESSION")
    return Float32Array.from(values, (value) => (value - target.mean) / target.deviation);
  const width = outputWidth(target);
  const matrix = new Float32Array(values.length * width);
  values.forEach((place, row) => {
    // A validation row of a class unknown to training stays all zeros: it costs nothing and is never right.
    if (place >= 0) matrix[row * width + place] = weights?.[place] ?? 1;
  });
  return matrix;
}

const shape2d = (values: Float32Array, rows: number): Tensor2D =>
  tensor2d(values, [rows, values.length / rows]);

/** Rows as tensors for training; the trainer disposes them. Without `weighing` all rows count alike. */
export function encodeExamples(
  table: Table,
  preprocessing: Preprocessing,
  weighing: ClassWeighing | null,
): Examples {
  const { features, target } = preprocessing;
  if (target.type === "TIME_SERIES") return seriesExamples(table, preprocessing);
  if (target.type === "CLUSTERING" || target.type === "TEXT_GENERATION" || target.type === "CUSTOM")
    throw new Error("No row has an answer of its own; see learning/clusters and learning/generation.");
  const values = targetValues(target, columnCells(table, target.column));
  const weights = weighing && weightsFor(target, values, weighing);
  const count = table.rows.length;
  const { shape } = inputShapeOf(preprocessing);
  return {
    x: tensor(new RowEncoder(features, table.columns).encode(table.rows), [count, ...shape]),
    y: shape2d(encodeTarget(target, values, weights), count),
  };
}
