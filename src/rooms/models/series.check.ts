import { badInput } from "../../kernel/errors.js";
import { type Model, ModelType } from "./model.entity.js";

type Wishes = Pick<Model, "type" | "target" | "features" | "series">;

/** Refuses what no dataset could make fit. @throws BAD_USER_INPUT */
export function checkSeries({ type, target, features, series }: Wishes): void {
  if (!series) return;
  if (type !== ModelType.TIME_SERIES)
    throw badInput(
      "series",
      `Only a model of type TIME_SERIES forecasts, and this one is ${type}. Leave it out.`,
    );
  const { timeColumn } = series;
  if (!timeColumn) return;
  if (timeColumn === target)
    throw badInput(
      "series.timeColumn",
      "The target cannot be the times of its own forecast. Name another column.",
    );
  const place = features?.indexOf(timeColumn) ?? -1;
  if (place >= 0)
    throw badInput(
      `features.${place}`,
      "The column of times orders the rows and is no feature. Leave it out.",
    );
}
