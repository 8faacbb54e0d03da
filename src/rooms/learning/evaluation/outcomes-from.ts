import { type Cell, categoryOf, numberOf } from "../cell.js";
import type { Prediction } from "../prediction.js";
import type { Outcomes } from "./outcomes.js";

/** A row of a dataset whose target is known or not, and what was predicted of it. */
interface PredictedRow {
  place: number;
  target: Cell | undefined;
  prediction: Prediction;
}

/** Predictions as outcomes, without the rows that have no target. @param classes of the model; null for numbers */
export function outcomesFrom(
  classes: readonly string[] | null,
  predicted: readonly PredictedRow[],
): Outcomes {
  const read = classes ? categoryOf : numberOf;
  const known = predicted.filter(({ target }) => read(target) !== null);
  const places = new Map(classes?.map((label, place) => [label, place]));
  return {
    classes,
    rows: known.map(({ place }) => place),
    actual: known.map(({ target }) =>
      classes ? (places.get(categoryOf(target) ?? "") ?? -1) : (numberOf(target) ?? Number.NaN),
    ),
    outputs: Float64Array.from(known.flatMap(({ prediction }) => outputsOf(classes, places, prediction))),
  };
}

function outputsOf(
  classes: readonly string[] | null,
  places: ReadonlyMap<string, number>,
  { value, probabilities }: Prediction,
): number[] {
  if (!classes) return [value ?? Number.NaN];
  const outputs = classes.map(() => 0);
  for (const { label, probability } of probabilities ?? []) outputs[places.get(label) ?? -1] = probability;
  return outputs;
}
