import { predictsNumbers } from "../model-types.js";
import { partsOf } from "../parts.js";
import type { SurveyPlan } from "../plan.js";
import { columnCells, fitPreprocessing } from "../preprocessing.js";
import { groupsOf } from "../splitting/strata.js";
import type { Table } from "../task.js";
import type { Fold } from "./fold.js";
import { foldsOfGroups } from "./group-folds.js";

/** What the rows of a search say before any trial. */
export interface Survey {
  /** Those of the plan that the rows allow. */
  folds: Fold[];
}

/** Of groups as many as are left to train on, by their classes where there are any; else those of the plan. */
function foldsIn(train: Table, { task, split, folds }: SurveyPlan): Fold[] {
  if (split?.kind !== "GROUP" || split.column === null) return [...folds];
  const groups = groupsOf(columnCells(train, split.column, "split.column")).length;
  const possible = foldsOfGroups(folds, groups);
  return predictsNumbers(task.type) ? possible : possible.map((fold) => ({ ...fold, stratified: true }));
}

/**
 * Learns what every trial would learn of the rows first, of all training rows and of each fold's, so that data from
 * which nothing can be learnt ends the search at once instead of its trials one by one.
 * @throws TRAINING_DATA_UNUSABLE
 */
export function surveyRows(table: Table, plan: SurveyPlan): Survey {
  const { train } = partsOf(table, plan, 0);
  fitPreprocessing(plan.task, train);
  const folds = foldsIn(train, plan);
  for (const fold of folds) fitPreprocessing(plan.task, partsOf(table, { ...plan, fold }, 0).train);
  return { folds };
}
