import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Dataset } from "../datasets/index.js";
import { customary, type Imported, type LearningResult, signatureOf } from "../learning/index.js";
import type { Recipe } from "./lineage.js";
import type { ModelVersion } from "./model-version.entity.js";

/** The training whose result is published. */
export interface Origin {
  modelId: string;
  datasetId: string | null;
  createdBy: string | null;
  /** The version that it was fine-tuned from; the newest one unless given. */
  parentId?: string | null;
}

/** What a version was made of, and how. */
export type Made = Pick<
  ModelVersion,
  "datasetId" | "signature" | "architecture" | "hyperparameters" | "seed" | "kernels" | "split" | "leftOut"
>;

export const madeOf = ({ datasetId }: Origin, result: LearningResult): Made => ({
  datasetId,
  signature: signatureOf(result.preprocessing),
  architecture: { preset: "CUSTOM", ...result.architecture },
  hyperparameters: { ...result.hyperparameters, fineTuning: result.fineTuning },
  seed: result.seed,
  kernels: result.kernels,
  split: { ...result.rows, plan: result.split },
  leftOut: result.preprocessing.leftOut,
});

/** Of what it was trained on, and how, an import tells nothing. */
export const importedAs = ({ preprocessing, architecture, kernels }: Imported): Made => ({
  datasetId: null,
  signature: signatureOf(preprocessing),
  architecture: architecture && { preset: "CUSTOM", ...architecture },
  hyperparameters: null,
  seed: null,
  kernels,
  split: null,
  leftOut: null,
});

/** The same with the words that a change of it is told in. */
export async function recipeOf(work: UnitOfWork, { datasetId, ...made }: Made): Promise<Recipe> {
  const dataset = datasetId ? await work.manager.findOneBy(Dataset, { id: datasetId }) : null;
  return {
    ...made,
    hyperparameters: made.hyperparameters && { ...customary, ...made.hyperparameters },
    dataset: dataset && { id: dataset.id, words: `${dataset.name} (${dataset.rowCount ?? 0} rows)` },
  };
}
