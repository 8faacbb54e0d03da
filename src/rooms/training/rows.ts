import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { Dataset, DatasetService, ImageExample, ImageExamples } from "../datasets/index.js";
import { imageCell, imageSizeOf, type LearningTask, type TrainingRequest } from "../learning/index.js";

/** Where rows come from: tables as they stand, archives as their decoded images with their labels. */
export interface RowSources {
  datasets: DatasetService;
  images: ImageExamples;
}

/** The names under which images are learnt from: the pixels, and the column of an archive's facts that is the target. */
export const imageColumns = { image: "image", label: "label" } as const;

/** The rows of a READY dataset for a task, read as they are taken. Throws DATASET_NOT_READY, BAD_USER_INPUT. */
export async function rowsFor(
  { datasets, images }: RowSources,
  scope: TenantScope,
  dataset: Dataset,
  { task, signal }: { task: LearningTask; signal: AbortSignal },
): Promise<Pick<TrainingRequest, "columns" | "rows">> {
  const size = imageSizeOf(task);
  if (size) {
    const rows = labelled(images.examples(scope, dataset, size, signal));
    return { columns: [imageColumns.image, imageColumns.label], rows };
  }
  const { columns, batches } = await datasets.openTable(scope, dataset, signal);
  return { columns, rows: rowsOf(batches) };
}

async function* labelled(examples: AsyncIterable<ImageExample>): AsyncGenerator<string[]> {
  for await (const { pixels, label } of examples) yield [imageCell(pixels), label];
}

async function* rowsOf<Row>(batches: AsyncIterable<Row[]>): AsyncGenerator<Row> {
  for await (const batch of batches) yield* batch;
}
