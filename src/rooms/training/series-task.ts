import { badInput } from "../../kernel/errors.js";
import type { Dataset } from "../datasets/index.js";
import { areDates, type LearningTask } from "../learning/index.js";
import type { Model } from "../models/index.js";

type Column = NonNullable<Dataset["columns"]>[number];

/** What is to be forecast, by the model's wishes and the dataset's profile. Throws BAD_USER_INPUT where they don't fit. */
export function seriesTask(model: Model, dataset: Dataset, target: string): LearningTask {
  const columns = dataset.columns ?? [];
  const { series } = model;
  const kindOf = (name: string): Column["kind"] | undefined =>
    columns.find((column) => column.name === name)?.kind;
  if (kindOf(target) !== "NUMBER")
    throw badInput(
      "modelId",
      `The target ${JSON.stringify(target)} is not a number, so it cannot be forecast. Choose another with updateModel, or another dataset.`,
    );
  const timeColumn = timeColumnOf(model, dataset, target);
  const others = columns
    .filter(({ name, kind }) => kind === "NUMBER" && name !== timeColumn)
    .map(({ name }) => name);
  const read = (model.features ?? others).filter((name) => name !== target);
  const text = read.find((name) => kindOf(name) !== "NUMBER");
  if (text !== undefined)
    throw badInput(
      "modelId",
      `A series is forecast from columns of numbers, and the dataset has no such column ${JSON.stringify(text)}, a feature of the model. Leave it out.`,
    );
  const { window = null, horizon = null, season = null } = series ?? {};
  return {
    type: "TIME_SERIES",
    target,
    features: read.map((column) => ({ column, kind: "NUMBER" })),
    series: { timeColumn, window, horizon, season },
  };
}

/** The column of times: the one that is named, else the first of dates. */
function timeColumnOf(
  { series, features }: Model,
  { columns, rowCount }: Dataset,
  target: string,
): string | null {
  const named = series?.timeColumn ?? null;
  const found = (columns ?? []).find(({ name, examples }) =>
    named === null ? name !== target && !features?.includes(name) && areDates(examples) : name === named,
  );
  if (!found) {
    if (named === null) return null;
    throw badInput(
      "modelId",
      `The dataset has no column ${JSON.stringify(named)}, the model's column of times. Name another with updateModel.`,
    );
  }
  checkTimes(found, rowCount ?? 0);
  return found.name;
}

/** Order can't be told from a profile, and is looked at when the rows are read. */
function checkTimes({ name, kind, examples, distinct, missing }: Column, rowCount: number): void {
  const column = JSON.stringify(name);
  if (kind !== "NUMBER" && !areDates(examples))
    throw badInput(
      "modelId",
      `The column ${column} holds no times. Use dates such as 2024-01-31, or numbers.`,
    );
  if (missing > 0)
    throw badInput(
      "datasetId",
      `${missing} rows have no time in the column ${column}. Fill it in, or leave those rows out.`,
    );
  if (distinct !== null && distinct < rowCount)
    throw badInput(
      "datasetId",
      `Times repeat in the column ${column}: ${distinct} of ${rowCount} differ. A dataset holds one series: one row for each time. Leave the others out, or sum them up.`,
    );
}
