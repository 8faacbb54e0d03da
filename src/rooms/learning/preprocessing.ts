import { z } from "zod";
import type { ImageSize } from "../../kernel/images/index.js";
import type { InputShape } from "./architecture/index.js";
import type { Cell, Row } from "./cell.js";
import { fitImage } from "./encoding/index.js";
import { unusable } from "./errors.js";
import { type Feature, featureSchema, featureWidth } from "./features.js";
import { fitFeature, type FitOptions, type Fitted, type TextRoom } from "./fit-feature.js";
import { writerOf } from "./feature-writer.js";
import { fitSeries } from "./series/fit.js";
import { sequenceShape, type TextUnit } from "./encoding/index.js";
import type { Normalization } from "./normalization.js";
import { mostTextValues, mostTextWidth } from "./learning.limits.js";
import type { FeatureChoice, LearningTask, Table } from "./task.js";
import { type ModelType } from "./model-types.js";
import { fitTarget, type Target, targetSchema } from "./target.js";
import { clusterTarget } from "./clusters/target.js";

export type { FeatureChoice, LearningTask, Table } from "./task.js";

export const preprocessingSchema = z.strictObject({
  features: z.array(featureSchema).min(1).max(10_000),
  /** Columns of the data set that the model does not use, each with the reason. */
  leftOut: z.array(z.strictObject({ column: z.string(), reason: z.string() })).max(10_000),
  target: targetSchema,
});
/** Everything between a row and the network, learnt on the training rows only; plain JSON. */
export type Preprocessing = z.infer<typeof preprocessingSchema>;

export const inputWidth = (features: readonly Feature[]): number =>
  features.reduce((sum, feature) => sum + featureWidth(feature), 0);

/** Whether texts are all there is to learn from. */
export const onlyTexts = ({ features }: LearningTask): boolean =>
  features.every(({ kind }) => kind === "TEXT");

/** Whether most of what the network reads are term weights. */
export const mostlyText = (features: readonly Feature[]): boolean =>
  inputWidth(features.filter(({ kind }) => kind === "TEXT")) * 2 > inputWidth(features);

/** A known term with its place and the nodes that lead to it; measured on sms-spam. */
const bytesPerTerm = 250;
/** A known token with its number. */
const bytesPerToken = 100;

/** Memory of what finds the terms of texts, in bytes. */
export const vocabularyBytes = (features: readonly Feature[]): number =>
  features.reduce((sum, feature) => {
    if (feature.kind === "TOKENS") return sum + feature.sequence.tokens.length * bytesPerToken;
    return feature.kind === "TEXT" ? sum + featureWidth(feature) * bytesPerTerm : sum;
  }, 0);

/** Texts share what term weights may take. */
function textRoom({ features }: LearningTask, rows: number): TextRoom {
  const texts = features.filter(({ kind }) => kind === "TEXT").length;
  return {
    mostWidth: Math.floor(Math.min(mostTextWidth, mostTextValues / rows) / Math.max(1, texts)),
    alone: features.length === 1,
  };
}

/** The size of the images that a task learns from, or null where it learns from a table. */
export function imageSizeOf({ features }: LearningTask): ImageSize | null {
  const [only] = features;
  return features.length === 1 && only?.kind === "IMAGE" ? only.size : null;
}

/** Images as [height, width, channels]. */
export const imageShape = ({ width, height, channels }: ImageSize): InputShape => ({
  shape: [height, width, channels],
});

/** How the network sees a row of this preprocessing. */
export function inputShapeOf({ features }: Pick<Preprocessing, "features">): InputShape {
  const [only, ...others] = features;
  if (only?.kind === "IMAGE" && others.length === 0) return imageShape(only);
  if (only?.kind === "SERIES") return { shape: [only.window, features.length] };
  if (only?.kind === "TOKENS" && others.length === 0) return sequenceShape(only.sequence);
  return { shape: [inputWidth(features)] };
}

/** The cells of one column of `table`; `path` is the input at fault where there is none. */
export function columnCells(table: Table, column: string, path = "features"): (Cell | undefined)[] {
  const place = table.columns.indexOf(column);
  if (place >= 0) return table.rows.map((row) => row[place]);
  const message = `There is no column "${column}".`;
  throw unusable(path, message);
}

function fitChoice(
  choice: FeatureChoice,
  cells: readonly (Cell | undefined)[],
  options: FitOptions,
  tokens: TextUnit | null,
): Fitted {
  const { column, kind } = choice;
  if (kind === "IMAGE") return { feature: fitImage(column, cells, choice.size) };
  return fitFeature(column, tokens !== null && kind === "TEXT" ? tokens : kind, cells, options);
}

/** Of clusters the one there is at the least: how many they are is found later. */
function targetOf(
  type: Exclude<ModelType, "TIME_SERIES" | "TEXT_GENERATION" | "CUSTOM">,
  column: string | null,
  training: Table,
): Target {
  if (type === "CLUSTERING") return clusterTarget("K_MEANS", 1);
  return fitTarget(type, column ?? "", columnCells(training, column ?? ""));
}

/**
 * Learns the preprocessing from the training rows, which must all have a target.
 * @param tokens what texts are taken apart into as sequences of token numbers; null for term weights
 * @param normalization how numbers are scaled
 * @throws TRAINING_DATA_UNUSABLE where no feature is left, a column is unknown or the target can't be learnt.
 */
export function fitPreprocessing(
  task: LearningTask,
  training: Table,
  tokens: TextUnit | null = null,
  normalization: Normalization = "STANDARD",
): Preprocessing {
  const { type } = task;
  if (type === "TEXT_GENERATION")
    throw new Error("Tokens are learnt with the texts; see learning/generation.");
  if (type === "CUSTOM") throw new Error("It is learnt as what its target is.");
  if (type === "TIME_SERIES") return fitSeries(task, training);
  const used = new Set<string | null>([task.target, ...task.features.map((feature) => feature.column)]);
  const leftOut = training.columns
    .filter((column) => !used.has(column))
    .map((column) => ({ column, reason: "Not chosen." }));
  const features: Feature[] = [];
  const options = { ...textRoom(task, training.rows.length), normalization };
  for (const choice of task.features) {
    if (choice.column === task.target) continue;
    const fitted = fitChoice(choice, columnCells(training, choice.column), options, tokens);
    if ("feature" in fitted) features.push(fitted.feature);
    else leftOut.push({ column: choice.column, reason: fitted.reason });
  }
  const target = targetOf(type, task.target, training);
  if (features.length > 0) return { features, leftOut, target };
  const message = `None of the features can be used. ${leftOut.map(({ column, reason }) => `${column}: ${reason}`).join(" ")}`;
  throw unusable("features", message);
}

/** Encodes rows into a matrix: row by row, each `width` values wide, never NaN nor infinite. */
export class RowEncoder {
  readonly width: number;
  readonly #columns: { place: number; at: number; write: ReturnType<typeof writerOf> }[] = [];

  /** `columns` names the cells of the rows to come; a feature without a column counts as missing. */
  constructor(features: readonly Feature[], columns: readonly string[]) {
    const places = new Map(columns.map((column, place) => [column, place]));
    this.width = inputWidth(features);
    let at = 0;
    for (const feature of features) {
      this.#columns.push({ place: places.get(feature.column) ?? -1, at, write: writerOf(feature) });
      at += featureWidth(feature);
    }
  }

  encode(rows: readonly Row[]): Float32Array {
    const matrix = new Float32Array(rows.length * this.width);
    rows.forEach((row, index) => {
      for (const { place, at, write } of this.#columns) write(row[place], matrix, index * this.width + at);
    });
    return matrix;
  }
}
