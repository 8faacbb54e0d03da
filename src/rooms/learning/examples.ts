import { type Tensor2D, tensor, tensor2d } from "@tensorflow/tfjs-core";
import type { Hyperparameters } from "./hyperparameters.js";
import { columnCells, inputShapeOf, type Preprocessing, RowEncoder, type Table } from "./preprocessing.js";
import { outputWidth, type Target, targetValues } from "./target.js";
import type { Examples } from "./trainer.js";

/** Inverse frequencies with mean 1 over the rows: rows / (classes × rows of the class), as scikit-learn's "balanced". */
export function balancedWeights(classNumbers: readonly number[], classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const place of classNumbers) counts[place] = (counts[place] ?? 0) + 1;
  return counts.map((count) => (count > 0 ? classNumbers.length / (classes * count) : 0));
}

function encodeTarget(
  target: Target,
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

/** Rows as tensors for training; the trainer disposes them. */
export function encodeExamples(
  table: Table,
  preprocessing: Preprocessing,
  classWeights: Hyperparameters["classWeights"],
): Examples {
  const { features, target } = preprocessing;
  const values = targetValues(target, columnCells(table, target.column));
  const weights = classWeights === "BALANCED" ? balancedWeights(values, outputWidth(target)) : null;
  const count = table.rows.length;
  const { shape } = inputShapeOf(preprocessing);
  return {
    x: tensor(new RowEncoder(features, table.columns).encode(table.rows), [count, ...shape]),
    y: shape2d(encodeTarget(target, values, weights), count),
  };
}
