import { largest } from "./metrics.js";

/** What the model says about one row; the fields of the other model type are null. */
export interface Prediction {
  label: string | null;
  value: number | null;
  /** Probability of `label`. */
  confidence: number | null;
  /** For every class, the likeliest first. */
  probabilities: { label: string; probability: number }[] | null;
}

function describeClass(classes: readonly string[], outputs: Float64Array, at: number): Prediction {
  const best = largest(outputs, at, classes.length);
  const probabilities = classes
    .map((label, place) => ({ label, probability: outputs[at + place] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
  return { label: classes[best] ?? null, value: null, confidence: outputs[at + best] ?? 0, probabilities };
}

/** Puts the outputs of `Predictor.run` into words. `classes` is null for a regression. */
export function describe(classes: readonly string[] | null, outputs: Float64Array): Prediction[] {
  if (!classes) {
    return Array.from(outputs, (value) => ({ label: null, value, confidence: null, probabilities: null }));
  }
  const rows = outputs.length / classes.length;
  return Array.from({ length: rows }, (_, row) => describeClass(classes, outputs, row * classes.length));
}
