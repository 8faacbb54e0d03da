import { largest } from "./metrics.js";

/** What the model says about one row; the fields of other model types are null. */
export interface Prediction {
  label: string | null;
  /** A number in the target's unit; of a sentiment the expected polarity, from -1 to 1. */
  value: number | null;
  /** Probability of `label`. */
  confidence: number | null;
  /** For every class, the likeliest first. */
  probabilities: { label: string; probability: number }[] | null;
  /** Of an imported CUSTOM network: all its outputs. */
  values?: number[];
}

/** How a model's outputs are to be read. */
export interface Reading {
  /** Null where numbers are put out. */
  classes: readonly string[] | null;
  /** What each class of a sentiment is worth; null where there is no such thing. */
  polarities: readonly number[] | null;
  /** Outputs of a row, where they are given out as they are and not put into words. */
  values?: number;
}

function describeClass(
  classes: readonly string[],
  polarities: readonly number[] | null,
  outputs: Float64Array,
  at: number,
): Prediction {
  const best = largest(outputs, at, classes.length);
  const probabilities = classes
    .map((label, place) => ({ label, probability: outputs[at + place] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
  const value =
    polarities?.reduce((sum, polarity, place) => sum + polarity * (outputs[at + place] ?? 0), 0) ?? null;
  return { label: classes[best] ?? null, value, confidence: outputs[at + best] ?? 0, probabilities };
}

const nothing: Prediction = { label: null, value: null, confidence: null, probabilities: null };

const describeValues = (width: number, outputs: Float64Array): Prediction[] =>
  Array.from({ length: outputs.length / width }, (_, row) => ({
    ...nothing,
    values: Array.from(outputs.subarray(row * width, (row + 1) * width)),
  }));

/** Puts the outputs of `Predictor.run` into words. */
export function describe({ classes, polarities, values }: Reading, outputs: Float64Array): Prediction[] {
  if (values !== undefined) return describeValues(values, outputs);
  if (!classes) return Array.from(outputs, (value) => ({ ...nothing, value }));
  const rows = outputs.length / classes.length;
  return Array.from({ length: rows }, (_, row) =>
    describeClass(classes, polarities, outputs, row * classes.length),
  );
}
