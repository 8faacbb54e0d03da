import { badInput } from "../../../kernel/errors.js";
import type { Dataset, DatasetService } from "../../datasets/index.js";
import { imageInputOf, whyNot } from "../../learning/index.js";
import type { ModelVersion } from "../../models/index.js";
import { checkKind, checkRequired } from "../required-columns.js";

/**
 * How many rows there are to predict. Throws DATASET_NOT_READY; DATASET_OF_IMAGES for images where a table is read;
 * BAD_USER_INPUT at `datasetId` for a table where images are read, for a column that is missing or holds something
 * else, and at `modelId` for a model of a type that has no batches.
 */
export function fittingRows(version: ModelVersion, dataset: Dataset, datasets: DatasetService): number {
  const { signature } = version;
  const refusal = whyNot(signature.output.type, "BATCH");
  if (refusal !== null) throw badInput("modelId", refusal);
  if (imageInputOf(signature)) {
    const { rowCount } = datasets.facts(dataset);
    if (dataset.images) return rowCount;
    throw badInput(
      "datasetId",
      "The version reads images and the dataset holds a table. Choose one in the format IMAGES.",
    );
  }
  const { rowCount, columns } = datasets.profile(dataset);
  const kinds = new Map(columns.map(({ name, kind }) => [name, kind as string]));
  for (const { column, kind } of signature.inputs) checkColumn(version, column, kind, kinds.get(column));
  checkRequired(version, columns);
  return rowCount;
}

function checkColumn(version: ModelVersion, column: string, kind: string, found?: string): void {
  if (found === undefined)
    throw badInput(
      "datasetId",
      `The dataset has no column ${JSON.stringify(column)}, which ${version.number} reads. Choose another dataset.`,
    );
  checkKind(version, column, kind, found);
}
