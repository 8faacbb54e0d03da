import type { Prediction } from "../../learning/index.js";
import type { ModelVersion } from "../../models/index.js";

/** A cell of a result: text as the dataset has it, or a number of ours. */
export type ResultCell = string | number | null;

/** The columns that predicting adds, and what each holds of a prediction. */
interface ResultColumns {
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

const outputColumns = (width: number): string[] =>
  Array.from({ length: width }, (_, at) => `output ${at + 1}`);

/** `prediction` alone for a number, `output 1` and so on for what is given out as it is; for classes the label, its confidence and the probability of each, in their order. */
export function resultColumns({ signature }: ModelVersion, own: readonly string[]): ResultColumns {
  const { classes, type, width } = signature.output;
  const sentiment = type === "SENTIMENT";
  const taken = new Set(own);
  const plain = width === undefined ? ["prediction"] : outputColumns(width);
  const names = (classes ? classColumns(classes, sentiment) : plain).map((name) => unlike(name, taken));
  if (width !== undefined) return { names, cells: ({ values }) => values ?? [] };
  if (!classes) return { names, cells: ({ value }) => [value] };
  return {
    names,
    cells: ({ label, confidence, value, probabilities }) => {
      const byLabel = new Map(probabilities?.map((entry) => [entry.label, entry.probability]));
      const polarity = sentiment ? [value] : [];
      return [label, confidence, ...polarity, ...classes.map((name) => byLabel.get(name) ?? null)];
    },
  };
}
