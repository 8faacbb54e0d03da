import { In } from "typeorm";
import type { TenantContext } from "../../kernel/context.js";
import { Deployment } from "./deployment.entity.js";
import { Model } from "./model.entity.js";
import { ModelVersion } from "./model-version.entity.js";

const inOrder = <T extends { id: string }>(ids: readonly string[], found: T[]): (T | null)[] => {
  const byId = new Map(found.map((item) => [item.id, item]));
  return ids.map((id) => byId.get(id) ?? null);
};

export const modelsById = async (
  { tenant }: TenantContext,
  ids: readonly string[],
): Promise<(Model | null)[]> =>
  inOrder(ids, await tenant.read((manager) => manager.findBy(Model, { id: In([...ids]) })));

export const versionsById = async (
  { tenant }: TenantContext,
  ids: readonly string[],
): Promise<(ModelVersion | null)[]> =>
  inOrder(ids, await tenant.read((manager) => manager.findBy(ModelVersion, { id: In([...ids]) })));

export const deploymentsByModel = async (
  { tenant }: TenantContext,
  ids: readonly string[],
): Promise<Deployment[][]> => {
  const found = await tenant.read((manager) =>
    manager.find(Deployment, { where: { modelId: In([...ids]) }, order: { environment: "ASC" } }),
  );
  return ids.map((id) => found.filter(({ modelId }) => modelId === id));
};
