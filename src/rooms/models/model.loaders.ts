import { In } from "typeorm";
import type { TenantContext } from "../../kernel/context.js";
import { byId } from "../../kernel/graphql/loaders.js";
import { Deployment } from "./deployment.entity.js";
import { Model } from "./model.entity.js";
import { ModelVersion } from "./model-version.entity.js";

export const modelsById = byId(Model);

export const versionsById = byId(ModelVersion);

export const deploymentsByModel = async (
  { tenant }: TenantContext,
  ids: readonly string[],
): Promise<Deployment[][]> => {
  const found = await tenant.read((manager) =>
    manager.find(Deployment, { where: { modelId: In([...ids]) }, order: { environment: "ASC" } }),
  );
  return ids.map((id) => found.filter(({ modelId }) => modelId === id));
};
