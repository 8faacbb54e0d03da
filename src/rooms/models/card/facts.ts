import type { Dataset } from "../../datasets/index.js";
import type { VersionEvaluation } from "../evaluation/version-evaluation.entity.js";
import type { Model } from "../model.entity.js";
import type { ModelVersion } from "../model-version.entity.js";

/** What a card tells of. */
export interface CardFacts {
  model: Model;
  version: ModelVersion;
  parent: ModelVersion | null;
  /** Null where it was deleted, or is not the reader's to see. */
  dataset: Dataset | null;
  evaluation: VersionEvaluation | null;
}
