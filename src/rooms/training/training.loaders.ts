import type { TenantContext } from "../../kernel/context.js";
import { TrainingJob } from "./training-job.entity.js";

/** The newest job of each model. */
export async function latestJobsByModel(
  { tenant }: TenantContext,
  ids: readonly string[],
): Promise<(TrainingJob | null)[]> {
  const found = await tenant.read((manager) =>
    manager
      .createQueryBuilder(TrainingJob, "it")
      .distinctOn(["it.modelId"])
      .where("it.modelId in (:...ids)", { ids })
      .orderBy("it.modelId")
      .addOrderBy("it.id", "DESC")
      .getMany(),
  );
  const byModel = new Map(found.map((job) => [job.modelId, job]));
  return ids.map((id) => byModel.get(id) ?? null);
}
