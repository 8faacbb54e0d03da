import type { TenantContext } from "../../../kernel/context.js";
import { Dataset } from "../../datasets/index.js";
import { VersionEvaluation } from "../evaluation/version-evaluation.entity.js";
import { Model } from "../model.entity.js";
import { ModelVersion } from "../model-version.entity.js";
import { cardOf } from "./card.js";
import type { CardFacts } from "./facts.js";

/** The card of a version, read in one transaction; without the dataset's profile for who may not see datasets. */
export const modelCard = async (context: TenantContext, version: ModelVersion): Promise<string> =>
  cardOf(await factsOf(context, version));

const factsOf = ({ tenant, viewer }: TenantContext, { id }: ModelVersion): Promise<CardFacts> =>
  tenant.read(async (manager) => {
    const version = await manager.findOneByOrFail(ModelVersion, { id });
    const { modelId, parentId, datasetId } = version;
    const shown = viewer.permissions.has("dataset:read") ? datasetId : null;
    return {
      version,
      model: await manager.findOneByOrFail(Model, { id: modelId }),
      parent: parentId === null ? null : await manager.findOneBy(ModelVersion, { id: parentId }),
      dataset: shown === null ? null : await manager.findOneBy(Dataset, { id: shown }),
      evaluation: await manager.findOneBy(VersionEvaluation, { id }),
    };
  });
