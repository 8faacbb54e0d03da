import { z } from "zod";
import { type Cell, categoryOf, numberOf } from "./cell.js";
import { type ClusterTarget, clusterColumn, clusterTargetSchema } from "./clusters/target.js";
import { unusable } from "./errors.js";
import { type ModelType, predictsNumbers } from "./model-types.js";
import { spread } from "./normalization.js";
import { type SeriesTarget, seriesTargetSchema } from "./series/settings.js";

/** Types that are classifications in all but what they read and what they say of it. */
const classifications = ["CLASSIFICATION", "TEXT_CLASSIFICATION", "SENTIMENT", "IMAGE"] as const;

export const mostClasses = 1_000;
const finite = z.number();

export const targetSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.enum(classifications),
    column: z.string(),
    classes: z.array(z.string()).min(2).max(mostClasses),
  }),
  z.strictObject({
    type: z.literal("REGRESSION"),
    column: z.string(),
    mean: finite,
    deviation: finite.positive(),
  }),
  seriesTargetSchema,
  clusterTargetSchema,
  z.strictObject({
    type: z.literal("TEXT_GENERATION"),
    /** The column whose texts it goes on with. */
    column: z.string(),
    /** Tokens that it knows, padding and the unknown included. */
    outputs: z.int().min(3),
  }),
  z.strictObject({
    type: z.literal("CUSTOM"),
    column: z.string(),
    width: z.int().min(1).max(mostClasses),
  }),
]);
/**
 * Classes in ascending order (as numbers where all are), the scale of a number learnt on the training rows, the
 * tokens of texts, or so many numbers as they come out of an imported network.
 */
export type Target = z.infer<typeof targetSchema>;

/** The classes in the order of the outputs; null where numbers are put out. */
export const classesOf = (target: Target): string[] | null => ("classes" in target ? target.classes : null);

/** How many values the network puts out: one a class, one a step ahead, one a token, or one. */
export function outputWidth(target: Target): number {
  if (target.type === "TIME_SERIES") return target.horizon;
  if (target.type === "TEXT_GENERATION") return target.outputs;
  return target.type === "CUSTOM" ? target.width : (classesOf(target)?.length ?? 1);
}

/** A target that each row holds the answer to; clusters are found, and no row says which is right. */
export type TableTarget = Exclude<
  Target,
  ClusterTarget | SeriesTarget | { type: "TEXT_GENERATION" | "CUSTOM" }
>;

/** The column of the answers, in the data or in the answers alone. */
export const columnOf = (target: Target): string =>
  target.type === "CLUSTERING" ? clusterColumn : target.column;

type TableType = TableTarget["type"];

const compareText = (a: string, b: string) => (a < b ? -1 : Number(a > b));

function sortedClasses(labels: Iterable<string>): string[] {
  const classes = [...new Set(labels)];
  const numeric = classes.every((label) => numberOf(label) !== null);
  return classes.sort((a, b) => (numeric ? Number(a) - Number(b) : 0) || compareText(a, b));
}

function fitClasses(
  type: Exclude<TableType, "REGRESSION">,
  column: string,
  cells: readonly (Cell | undefined)[],
): TableTarget {
  const classes = sortedClasses(cells.map(categoryOf).filter((label) => label !== null));
  const { length } = classes;
  if (length >= 2 && length <= mostClasses) return { type, column, classes };
  const message =
    length < 2
      ? `The target "${column}" has ${length === 1 ? "one class" : "no value"} in the training rows; classification needs two classes or more. Choose another target, or hold out other rows by \`split\`.`
      : `The target "${column}" has ${length} classes, more than ${mostClasses}. Is it a number? Then choose regression.`;
  throw unusable("target", message);
}

function fitScale(column: string, cells: readonly (Cell | undefined)[]): TableTarget {
  const values = cells.map(numberOf).filter((value) => value !== null);
  if (values.length > 0) return { type: "REGRESSION", column, ...spread(values.sort((a, b) => a - b)) };
  const message = `The target "${column}" has no number in the training rows; regression needs numbers. Choose another target, or hold out other rows by \`split\`.`;
  throw unusable("target", message);
}

/** Learns the target's encoding from its training cells. Throws TRAINING_DATA_UNUSABLE for one class or no numbers. */
export const fitTarget = (
  type: TableType,
  column: string,
  cells: readonly (Cell | undefined)[],
): TableTarget => (type === "REGRESSION" ? fitScale(column, cells) : fitClasses(type, column, cells));

/** Whether the cell can be learnt from or measured against. */
export const hasTarget = (type: ModelType, cell: Cell | undefined): boolean =>
  (predictsNumbers(type) ? numberOf(cell) : categoryOf(cell)) !== null;

/** Class numbers (-1 for a class that training did not see), or the numbers as they stand. */
export function targetValues(target: Target, cells: readonly (Cell | undefined)[]): number[] {
  const classes = classesOf(target);
  if (!classes) return cells.map((cell) => numberOf(cell) ?? Number.NaN);
  const places = new Map(classes.map((label, place) => [label, place]));
  return cells.map((cell) => places.get(categoryOf(cell) ?? "") ?? -1);
}
