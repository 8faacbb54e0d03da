import { In } from "typeorm";
import type { TenantContext } from "../../kernel/context.js";
import { Dataset } from "./dataset.entity.js";

/** Many datasets in one query, null where there is none; for `loaders.of(context, datasetsById)`. */
export async function datasetsById(
  { tenant }: TenantContext,
  ids: readonly string[],
): Promise<(Dataset | null)[]> {
  const found = await tenant.read((manager) => manager.findBy(Dataset, { id: In([...ids]) }));
  const byId = new Map(found.map((dataset) => [dataset.id, dataset]));
  return ids.map((id) => byId.get(id) ?? null);
}
