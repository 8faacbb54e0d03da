import { badInput } from "../../kernel/errors.js";
import type { ImageSize } from "../../kernel/images/index.js";
import type { Dataset, DatasetService, TableProfile, TargetBalance } from "../datasets/index.js";
import { type LearningTask, readsOneText } from "../learning/index.js";
import { type Model, ModelType } from "../models/index.js";
import { imageColumns, type RowSources } from "./rows.js";
import { seriesTask } from "./series-task.js";

type TaskMaker = (model: Model, dataset: Dataset, sources: RowSources) => LearningTask;

/** A number or a class, of which the other columns of its row are to tell. */
function tableTask(model: Model, dataset: Dataset, { datasets }: RowSources): LearningTask {
  const target = targetOf(model, dataset);
  const { kind } = datasets.targetBalance(dataset, target);
  const type = learntAs(model, kind);
  checkTarget(type, target, kind, distinctOf(dataset, target));
  const features = featuresOf(model, dataset, target);
  return { type, target, features: readsOneText(model.type) ? oneText(model, features) : features };
}

/** Clusters are looked for in all columns, none of which says what is right. */
const clusterTask: TaskMaker = (model, dataset) => ({
  type: ModelType.CLUSTERING,
  target: null,
  features: featuresOf(model, dataset, null),
});

const makers: Partial<Record<ModelType, TaskMaker>> = {
  IMAGE: (_, dataset, { images }) => imageTask(dataset, images),
  CLUSTERING: clusterTask,
  TEXT_GENERATION: generationTask,
  TIME_SERIES: (model, dataset) => seriesTask(model, dataset, targetOf(model, dataset)),
};

/** What is to be learnt, by the model's wishes and the dataset's profile. Throws BAD_USER_INPUT where they don't fit. */
export const taskOf: TaskMaker = (model, dataset, sources) =>
  (makers[model.type] ?? tableTask)(model, dataset, sources);

/** The one column whose texts are gone on with: the model's, or the dataset's only one. */
function generationTask(model: Model, dataset: Dataset): LearningTask {
  const columns = dataset.columns ?? [];
  const texts = columns.filter(({ kind }) => kind === "TEXT");
  const own = columns.length === 1 ? columns : texts;
  const chosen = model.features ? featuresOf(model, dataset, "") : own.map(({ name }) => ({ column: name }));
  const [only] = chosen;
  const kind = columns.find(({ name }) => name === only?.column)?.kind;
  if (only && chosen.length === 1 && (kind === "TEXT" || kind === "CATEGORY"))
    return {
      type: ModelType.TEXT_GENERATION,
      target: only.column,
      features: [{ column: only.column, kind: "TEXT" }],
    };
  const found = columns.map(({ name, kind: of }) => `${name} (${of})`);
  throw badInput(
    "modelId",
    `A model of type TEXT_GENERATION learns from one column of text. Name it in the model's features; the dataset has: ${listed(found)}.`,
  );
}

/** What a model of one's own learns follows from its target. Throws BAD_USER_INPUT where it has no architecture. */
function learntAs({ type, architecture }: Model, kind: TargetBalance["kind"]): ModelType {
  if (type !== ModelType.CUSTOM) return type;
  if (architecture) return kind === "NUMBER" ? ModelType.REGRESSION : ModelType.CLASSIFICATION;
  throw badInput(
    "modelId",
    "A model of type CUSTOM learns with an architecture of its own. Give it one with updateModel, or import a version.",
  );
}

/** What is known of the rows to learn from. Throws DATASET_NOT_READY, DATASET_OF_IMAGES where the model reads a table. */
export const profileFor = ({ type }: Model, dataset: Dataset, datasets: DatasetService): TableProfile =>
  type === ModelType.IMAGE ? datasets.facts(dataset) : datasets.profile(dataset);

/** Sides that images are scaled down to, the largest first. */
const imageSides = [64, 48, 32, 24, 16];
/** Inputs of all images together, which training holds several times over; of more images each becomes smaller. */
const mostImageValues = 64_000_000;

/** Throws BAD_USER_INPUT at `datasetId` for a table. */
function imageTask(dataset: Dataset, images: RowSources["images"]): LearningTask {
  const sizes = imageSides.map((side) => images.suitableSize(dataset, side));
  const fits = ({ width, height, channels }: ImageSize): boolean =>
    width * height * channels * (dataset.rowCount ?? 0) <= mostImageValues;
  const size = sizes.find(fits) ?? images.suitableSize(dataset, imageSides.at(-1));
  return {
    type: ModelType.IMAGE,
    target: imageColumns.label,
    features: [{ column: imageColumns.image, kind: "IMAGE", size }],
  };
}

function featuresOf(model: Model, dataset: Dataset, target: string | null): LearningTask["features"] {
  const columns = dataset.columns ?? [];
  const names = columns.map(({ name }) => name);
  const missing = model.features?.find((feature) => !names.includes(feature));
  if (missing !== undefined)
    throw badInput(
      "modelId",
      `The dataset has no column ${JSON.stringify(missing)}, a feature of the model. It has: ${listed(names)}.`,
    );
  // Only where the target is the default: with both named, the model itself refuses it.
  if (target !== null && model.features?.includes(target))
    throw badInput(
      "modelId",
      `${JSON.stringify(target)} is both the target, as the dataset's last column, and a feature. Name another target or leave it out of the features.`,
    );
  return (model.features ?? names.filter((name) => name !== target)).map((column) => {
    const kind = columns.find(({ name }) => name === column)?.kind ?? "TEXT";
    // A column without any value teaches nothing; as a text it is left out, with the reason.
    return { column, kind: kind === "EMPTY" ? "TEXT" : kind };
  });
}

/** A column of few different texts is profiled as categories; the model's type says that they are to be read. */
function oneText({ type }: Model, features: LearningTask["features"]): LearningTask["features"] {
  const [only] = features;
  if (features.length === 1 && only && ["TEXT", "CATEGORY"].includes(only.kind))
    return [{ column: only.column, kind: "TEXT" }];
  const found = features.map(({ column, kind }) => `${column} (${kind})`);
  throw badInput(
    "modelId",
    `A model of type ${type} reads exactly one column of text. Name it in the model's features; these are: ${listed(found)}.`,
  );
}

function targetOf({ target }: Model, { columns }: Dataset): string {
  const names = (columns ?? []).map(({ name }) => name);
  const name = target ?? names.at(-1) ?? "";
  if (names.includes(name)) return name;
  throw badInput(
    "modelId",
    `The dataset has no column ${JSON.stringify(name)}, the model's target. It has: ${listed(names)}.`,
  );
}

const distinctOf = ({ columns }: Dataset, target: string): number | null =>
  columns?.find(({ name }) => name === target)?.distinct ?? null;

function checkTarget(
  type: ModelType,
  target: string,
  kind: TargetBalance["kind"],
  distinct: number | null,
): void {
  if (type === ModelType.REGRESSION && kind !== "NUMBER")
    throw badInput(
      "modelId",
      `The target ${JSON.stringify(target)} holds ${kind} and not numbers alone, so a regression cannot learn it. Choose CLASSIFICATION; if it is meant to hold numbers, correct those that are none: the dataset's warnings name the first.`,
    );
  if (type !== ModelType.REGRESSION && distinct !== null && distinct < 2)
    throw badInput(
      "modelId",
      `The target ${JSON.stringify(target)} has only one class; classification needs two or more. Choose another target, or CLUSTERING.`,
    );
}

const listed = (names: readonly string[]): string =>
  names.length <= 20 ? names.join(", ") : `${names.slice(0, 20).join(", ")} and ${names.length - 20} more`;
