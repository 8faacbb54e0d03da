import type { TreeParameters } from "../../../../src/rooms/learning/architecture/index.js";
import { Booster, type BoosterOptions } from "../../../../src/rooms/learning/trees/booster.js";
import { parseBoosting } from "../../../../src/rooms/learning/trees/settings.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

export const parameters = (given: Partial<TreeParameters> = {}): TreeParameters => ({
  trees: 20,
  depth: 2,
  l2: 1,
  subsample: 1,
  columnSubsample: 1,
  borderSubsample: 1,
  ...given,
});

export interface Asked {
  parameters?: Partial<TreeParameters>;
  hyperparameters?: Record<string, unknown>;
  /** Null where numbers are learnt. */
  classes?: number | null;
  rows?: number;
  width?: number;
  seed?: number;
  /** Rows that are watched, beside those that are learnt from. */
  watched?: number;
  weights?: (answer: number) => number;
}

/** Rows of numbers drawn evenly from −1 to 1, and what `answer` says of each. */
function examplesOf(
  answer: (row: Float32Array) => number,
  { classes = 2, width = 3, weights = () => 1 }: Asked,
  rows: number,
  seed: number,
): BoosterOptions["train"] {
  const random = seededRandom(seed, "rows");
  const values = Float32Array.from({ length: rows * width }, () => random() * 2 - 1);
  const answers = Array.from({ length: rows }, (_, row) =>
    answer(values.subarray(row * width, (row + 1) * width)),
  );
  return {
    points: { values, rows, width },
    answers: { values: answers, weights: Float64Array.from(answers, weights), classes },
  };
}

export function optionsOf(answer: (row: Float32Array) => number, asked: Asked = {}): BoosterOptions {
  const { classes = 2, rows = 120, seed = 3, watched = 0 } = asked;
  const type = classes === null ? "REGRESSION" : "CLASSIFICATION";
  return {
    train: examplesOf(answer, asked, rows, 1),
    validation: watched > 0 ? examplesOf(answer, asked, watched, 2) : null,
    settings: parseBoosting(
      { learningRate: 0.3, ...asked.hyperparameters },
      type,
      rows,
      parameters(asked.parameters),
    ),
    outputs: classes ?? 1,
    seed,
    fingerprint: "f",
  };
}

/** A booster at its end. */
export async function boosted(options: BoosterOptions, checkpoint?: Uint8Array): Promise<Booster> {
  const booster = Booster.start(options, checkpoint);
  while (!booster.finished) await booster.epoch();
  return booster;
}

export const bytesOf = ({ learnt: { weights } }: Booster): Buffer =>
  Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength);

/** Above 0 as 1, else 0. */
export const sign = (value: number | undefined): number => Number((value ?? 0) > 0);
