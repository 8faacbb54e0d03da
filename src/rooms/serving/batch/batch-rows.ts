import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import type { Dataset, DatasetService, ImageExamples } from "../../datasets/index.js";
import { type Cell, imageCell, imageInputOf, type JsonRow } from "../../learning/index.js";
import type { ModelVersion } from "../../models/index.js";

export interface RowSources {
  datasets: DatasetService;
  images: ImageExamples;
}

/** A row of a dataset: the cells that the result repeats, and what the model reads. */
export interface BatchRow {
  cells: readonly Cell[];
  inputs: JsonRow;
}

interface BatchRows {
  columns: readonly string[];
  rows: AsyncIterable<BatchRow>;
}

/** The columns that an image's row shows of it. */
const imageColumns = ["file", "label"] as const;

/**
 * The rows of a READY dataset for a version, read as they are taken. Of an image the result has its file and label.
 * Throws DATASET_NOT_READY, and NOT_FOUND where the dataset goes away meanwhile.
 */
export async function openRows(
  { datasets, images }: RowSources,
  tenant: TenantScope,
  dataset: Dataset,
  { signature }: ModelVersion,
  signal: AbortSignal,
): Promise<BatchRows> {
  const image = imageInputOf(signature);
  if (image) {
    const { column, ...size } = image;
    return { columns: imageColumns, rows: pixelRows(images.examples(tenant, dataset, size, signal), column) };
  }
  const { columns, batches } = await datasets.openTable(tenant, dataset, signal);
  return { columns, rows: tableRows(columns, batches, signature) };
}

async function* pixelRows(
  examples: ReturnType<ImageExamples["examples"]>,
  column: string,
): AsyncGenerator<BatchRow> {
  for await (const { file, label, pixels } of examples)
    yield { cells: [file, label], inputs: { [column]: imageCell(pixels) } };
}

async function* tableRows(
  columns: readonly string[],
  batches: AsyncIterable<readonly Cell[][]>,
  { inputs }: ModelVersion["signature"],
): AsyncGenerator<BatchRow> {
  const read = inputs.map(({ column }) => [column, columns.indexOf(column)] as const);
  for await (const batch of batches)
    for (const cells of batch)
      yield { cells, inputs: Object.fromEntries(read.map(([column, at]) => [column, cells[at] ?? null])) };
}
