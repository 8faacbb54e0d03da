import type { Prediction } from "../../learning/index.js";
import type { ModelVersion } from "../../models/index.js";

/** A cell of a result: text as the dataset has it, or a number of ours. */
export type ResultCell = string | number | null;

/** The columns that predicting adds, and what each holds of a prediction. */
export interface ResultColumns {
  names: string[];
  cells: (prediction: Prediction) => ResultCell[];
}

/** A column of the dataset keeps its name; ours gives way. */
function unlike(name: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free += "_";
  taken.add(free);
  return free;
}

const classColumns = (classes: readonly string[], sentiment: boolean): string[] => [
  "prediction",
  "confidence",
  ...(sentiment ? ["polarity"] : []),
  ...classes.map((label) => `probability of ${label}`),
];

/** One column for a number; where a network of somebody's own answers several, one for each, counted from 1. */
const numberColumns = (width: number): string[] =>
  width === 1 ? ["prediction"] : Array.from({ length: width }, (_, at) => `prediction ${at + 1}`);

/** The numbers alone where numbers are answered; for classes the label, its confidence and the probability of each, in their order. */
export function resultColumns({ signature }: ModelVersion, own: readonly string[]): ResultColumns {
  const { classes, type, width = 1 } = signature.output;
  const sentiment = type === "SENTIMENT";
  const taken = new Set(own);
  const names = (classes ? classColumns(classes, sentiment) : numberColumns(width)).map((name) =>
    unlike(name, taken),
  );
  if (!classes) return { names, cells: ({ value, values }) => values?.slice(0, width) ?? [value] };
  return {
    names,
    cells: ({ label, confidence, value, probabilities }) => {
      const byLabel = new Map(probabilities?.map((entry) => [entry.label, entry.probability]));
      const polarity = sentiment ? [value] : [];
      return [label, confidence, ...polarity, ...classes.map((name) => byLabel.get(name) ?? null)];
    },
  };
}
