import { badInput } from "../../kernel/errors.js";
import type { TableProfile } from "../datasets/index.js";
import {
  type ColumnFacts,
  type FeasibilityPlan,
  type Infeasible,
  infeasibility,
  type LearningTask,
} from "../learning/index.js";

/** The input that has to change: the limits of a network are the model's, the rest lies in the data. */
const paths: Record<Infeasible["at"], string> = {
  rows: "datasetId",
  features: "datasetId",
  architecture: "modelId",
  split: "split.column",
  batchSize: "hyperparameters.batchSize",
  series: "modelId",
  clusters: "hyperparameters.clustering.clusters",
};

/** Refuses what is bound to fail, so that nobody waits in a queue to hear of it. @throws BAD_USER_INPUT */
export function checkFeasible(plan: FeasibilityPlan, { rowCount, columns }: TableProfile): void {
  const facts = new Map<string, ColumnFacts>(
    columns.map(({ name, missing, distinct, categories }) => [
      name,
      { missing, distinct, counts: categories.map(({ count }) => count) },
    ]),
  );
  const unknown: ColumnFacts = { missing: rowCount, distinct: 0, counts: [] };
  const fault = infeasibility(plan, rowCount, (column) => facts.get(column) ?? unknown);
  if (fault) throw badInput(paths[fault.at], fault.message);
}

/** Refuses a weight for a class that no row has, where the profile holds every class. @throws BAD_USER_INPUT */
export function checkWeights(
  { target }: LearningTask,
  weights: readonly { label: string }[] | null,
  { columns }: TableProfile,
): void {
  const column = columns.find(({ name }) => name === target);
  if (!column || column.categories.length === 0 || column.categories.length !== column.distinct) return;
  const known = column.categories.map(({ value }) => value);
  const unknown = weights?.find(({ label }) => !known.includes(label));
  if (unknown)
    throw badInput(
      "hyperparameters.weightsOfClasses",
      `No row has the class ${JSON.stringify(unknown.label)}. There are: ${known.slice(0, 20).join(", ")}.`,
    );
}
