import { type Artefact, parseArtefact } from "./artefact.js";
import { numberOf } from "./cell.js";
import type { Design } from "./design.js";
import { unusable } from "./errors.js";
import { neededColumns } from "./features.js";
import type { Base } from "./plan.js";
import { columnCells, type LearningTask, type Table } from "./preprocessing.js";
import { classesOf, columnOf, targetValues } from "./target.js";

/**
 * @param others rows to watch and to measure by
 * @throws ARTEFACT_INVALID; TRAINING_DATA_UNUSABLE where the rows hold what the version does not know, or lack what it needs
 */
export function designOf(
  { artefact }: Base,
  task: LearningTask,
  train: Table,
  others: readonly Table[] = [],
): Design {
  const { preprocessing, architecture, weights } = parseArtefact(artefact);
  checkTarget({ preprocessing }, task, train);
  for (const part of [train, ...others]) checkNeeded(preprocessing, part);
  // Each must be there, or every row would be trained on with the same stand-in for it.
  for (const { column } of preprocessing.features) columnCells(train, column, "fromVersion");
  return { preprocessing, architecture, weights };
}

/** Predictions refuse a row without such a number; to learn a made-up one instead would be of no use to them. */
function checkNeeded({ features }: Artefact["preprocessing"], part: Table): void {
  for (const column of neededColumns(features)) {
    if (columnCells(part, column, "fromVersion").every((cell) => numberOf(cell) !== null)) continue;
    throw unusable(
      "fromVersion",
      `Some rows have no number in ${JSON.stringify(column)}, which the imported version needs in each. Leave such rows out.`,
    );
  }
}

/** @throws TRAINING_DATA_UNUSABLE where the version learnt another column, or does not know a class of the rows */
export function checkTarget(
  { preprocessing }: Pick<Artefact, "preprocessing">,
  task: LearningTask,
  train: Table,
): void {
  const { target } = preprocessing;
  const column = columnOf(target);
  if (target.type !== task.type || column !== task.target) {
    const [was, is] = [
      { type: target.type, column },
      { type: task.type, column: task.target },
    ];
    throw unusable(
      "fromVersion",
      `The version learnt ${was.column} (${was.type}), and the training is of ${is.column} (${is.type}). Train a new version without fromVersion.`,
    );
  }
  const classes = classesOf(target);
  if (!classes) return;
  const cells = columnCells(train, column);
  const row = targetValues(target, cells).findIndex((place) => place < 0);
  if (row < 0) return;
  throw unusable(
    "fromVersion",
    `The rows hold the class ${JSON.stringify(cells[row])}, which the version does not know: its classes are ${classes.slice(0, 20).join(", ")}. Leave such rows out, or train a new version without fromVersion.`,
  );
}
