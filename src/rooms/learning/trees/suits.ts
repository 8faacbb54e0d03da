import { type Architecture, type ArchitectureChoice, layersFor, onlyTables } from "../architecture/index.js";
import type { LearningTask } from "../task.js";
import { mostInputValues } from "../learning.limits.js";
import type { ModelType } from "../model-types.js";

type Choice = ArchitectureChoice | Architecture | null;

/** Types whose rows are those of a table, each with an answer of its own. */
const types: readonly ModelType[] = ["CLASSIFICATION", "REGRESSION"];

export const isTrees = (
  choice: Choice,
): choice is Extract<ArchitectureChoice, { preset: "GRADIENT_BOOSTED_TREES" }> =>
  choice !== null && "preset" in choice && choice.preset === "GRADIENT_BOOSTED_TREES";

/**
 * Why trees can't learn this task, in a sentence for the caller, or null.
 * @param isEmpty whether a column is left out anyway, as it holds nothing
 */
export function treesUnsuited(
  { type, features, target }: LearningTask,
  isEmpty: (column: string) => boolean = () => false,
): string | null {
  if (!types.includes(type))
    return `${onlyTables} A model of type ${type} is not one of them: choose another architecture.`;
  const odd = features.find(
    ({ column, kind }) => column !== target && (kind === "TEXT" || kind === "IMAGE") && !isEmpty(column),
  );
  if (!odd) return null;
  return `${onlyTables} The column ${JSON.stringify(odd.column)} is ${odd.kind}: leave it out of the model's features, or choose DENSE.`;
}

/** What speaks against a choice of trees whatever the rows hold, or null, as for every other choice. */
export function treesFault(
  task: LearningTask,
  choice: Choice,
  isEmpty: (column: string) => boolean,
): string | null {
  if (!isTrees(choice)) return null;
  // How many questions they ask does not depend on how many inputs there are.
  const made = layersFor(choice, { shape: [1] });
  return treesUnsuited(task, isEmpty) ?? ("layers" in made ? null : made.message);
}

/** A score, and its two derivatives, in double precision: as much memory as six encoded values take. */
const valuesOfScore = 6;

/** Why so many rows have too many scores to be kept at once, in a sentence for the caller, or null. */
export function scoresFault(rows: number, outputs: number): string | null {
  const scores = outputs === 2 ? 1 : outputs;
  if (rows * scores * valuesOfScore <= mostInputValues) return null;
  const most = Math.floor(mostInputValues / scores / valuesOfScore);
  return `Trees keep ${scores === 1 ? "a score" : `${scores} scores`} of each of ${rows} rows, which is more than there is memory for. Use a sample of at most ${most} rows, fewer classes, or choose DENSE.`;
}
