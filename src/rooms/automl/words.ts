import { countsRows, type MeasureName, type SearchPlan, type SplitKind } from "../learning/index.js";
import type { AutomlTrial } from "./automl-trial.entity.js";

type Settings = Pick<AutomlTrial, "algorithm" | "architecture" | "hyperparameters">;

const several = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

function networkOf({ algorithm, architecture }: Settings): string {
  if (!architecture) return "the network that suits the data by itself";
  const { preset, parameters, layers } = architecture;
  if (preset !== "CUSTOM") {
    const given = Object.entries(parameters ?? {}).filter(([, value]) => typeof value === "number");
    return `${preset} with ${given.map(([name, value]) => `${name} ${value}`).join(", ")}`;
  }
  const hidden = (layers ?? []).filter(({ units }) => units !== undefined && units !== null);
  const [first] = hidden;
  if (algorithm === "LINEAR" || !first) return "no hidden layer";
  const more = [`${first.activation}`, `dropout ${first.dropout}`, `l2 ${first.l2}`].join(", ");
  return `${several(hidden.length, "layer")} of ${first.units} (${more})`;
}

/** Settings in one line, for a leaderboard. Trees are grown on all rows at once, not on batches. */
export function summaryOf(settings: Settings): string {
  const { hyperparameters } = settings;
  const batches = "batchSize" in hyperparameters ? `, batches of ${hyperparameters.batchSize}` : "";
  return `${networkOf(settings)}; learning rate ${hyperparameters.learningRate}${batches}`;
}

/** As people read it: four digits are more than any validation can tell. */
export const rounded = (value: number): string => String(Number(value.toPrecision(4)));

const named: Record<MeasureName, string> = {
  ACCURACY: "an accuracy",
  F1: "an F1",
  ROC_AREA: "a ROC area",
  AVERAGE_PRECISION: "an average precision",
  LOSS: "a log loss",
  BRIER_SCORE: "a Brier score",
  R2: "an R²",
  MEAN_ABSOLUTE_ERROR: "a mean absolute error",
  ROOT_MEAN_SQUARED_ERROR: "a root mean squared error",
};

/** A trial as the reason tells of it. */
export interface RankedTrial extends Settings {
  number: number;
  score: number;
  deviation: number | null;
  epochs: number;
}

export interface SearchResult {
  search: SearchPlan;
  /** The rule that the folds follow; null is the default's. */
  splitBy?: SplitKind | null;
  /** How many parts the training rows were cut into, of which one or all were measured on. */
  parts?: number | undefined;
  /** All that were scored, the best first. */
  ranking: readonly RankedTrial[];
  /** The network without hidden layers that is tried first, where it was allowed and scored. */
  baseline: RankedTrial | null;
  trials: number;
  failed: number;
  outOfTime: boolean;
}

const one = ({ number, algorithm }: RankedTrial): string => `trial ${number} (${algorithm})`;

/** How a trial did: `trial 3 (DENSE) with an accuracy of 0.93`. */
const withScore = (told: RankedTrial, { metric }: SearchPlan): string =>
  `${one(told)} with ${named[metric]} of ${rounded(told.score)}`;

/** What one of so many parts is called. */
const partOf: Partial<Record<number, string>> = { 2: "half", 3: "a third", 4: "a quarter" };

function measuredBy(
  { search: { folds }, splitBy, parts = 5 }: SearchResult,
  { deviation }: RankedTrial,
): string {
  const spread = deviation === null ? "" : ` (standard deviation ${rounded(deviation)})`;
  if (splitBy === "TIME")
    return folds === 1
      ? "on the last quarter of the training rows, after training on those before"
      : `as the mean over ${folds} blocks of the later training rows, each after training on all before it${spread}`;
  const groups = splitBy === "GROUP" ? " of whole groups" : "";
  if (folds === 1)
    return `on ${partOf[parts] ?? "a fifth"} of the training rows${groups} that it was not trained on`;
  return `as the mean of a ${folds}-fold cross-validation${groups} on the training rows${spread}`;
}

/** Whether the winner was chosen from among equals, one of which has the higher score. */
const outscored = ({ ranking: [winner, ...others], search }: SearchResult): boolean =>
  countsRows(search.metric) && others.some(({ score }) => score > (winner?.score ?? 0));

const equals =
  "Scores that differ by less than one standard error count as equal, and the lowest log loss decided between them.";

/** Why the winner won: its score, the runner-up's, the linear baseline's, and what was tried. Null without a winner. */
export function reasonFor(result: SearchResult): string | null {
  const { ranking, search, baseline } = result;
  const [winner, second] = ranking;
  if (!winner) return null;
  const linear = baseline && baseline.number !== winner.number ? baseline : null;
  return [
    `Best of all was ${withScore(winner, search)} after ${several(winner.epochs, "epoch")}, ${measuredBy(result, winner)}: ${summaryOf(winner)}.`,
    second ? `Next came ${withScore(second, search)}.` : "",
    outscored(result) ? equals : "",
    linear ? `The linear baseline reached ${rounded(linear.score)}.` : "",
    baseline?.number === winner.number ? "It is the linear baseline: nothing larger was better." : "",
    triedOf(result),
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function triedOf({ ranking, trials, failed, outOfTime }: SearchResult): string {
  const kinds = new Map<string, number>();
  for (const { algorithm } of ranking) kinds.set(algorithm, (kinds.get(algorithm) ?? 0) + 1);
  const counts = [...kinds].map(([algorithm, count]) => `${count} ${algorithm}`).join(", ");
  return [
    `Of ${several(trials, "trial")}, ${ranking.length} were scored: ${counts}.`,
    failed > 0 ? `${several(failed, "trial")} could not be trained.` : "",
    outOfTime ? "The time limit ended the search." : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}
