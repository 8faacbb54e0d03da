import { clock, newId } from "../../kernel/clock.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import type { Environment } from "./deployment.entity.js";
import { DeploymentChange, DeploymentChangeKind } from "./deployment-change.entity.js";

/** Where a change happens. The caller holds the lock on the model, so that no two happen at once. */
export interface Place {
  modelId: string;
  environment: Environment;
}

const newest = (work: UnitOfWork, { modelId, environment }: Place): Promise<DeploymentChange | null> =>
  work.manager.findOne(DeploymentChange, { where: { modelId, environment }, order: { id: "DESC" } });

const previous = async (work: UnitOfWork, change: DeploymentChange): Promise<DeploymentChange | null> =>
  change.previousId === null ? null : work.manager.findOneBy(DeploymentChange, { id: change.previousId });

/** What answers most: the newest change that is no canary, which none but a whole version can follow. */
async function newestWhole(work: UnitOfWork, place: Place): Promise<DeploymentChange | null> {
  const before = await newest(work, place);
  return before?.kind === DeploymentChangeKind.CANARY ? previous(work, before) : before;
}

/** What a rollback would go back to: the change before, of another version; of a canary what it stands beside. */
export async function rollbackTarget(work: UnitOfWork, place: Place): Promise<DeploymentChange | null> {
  const current = await newest(work, place);
  return current && previous(work, current);
}

/**
 * Records what answers from now on. What a rollback of it goes back to is the last change of another version: neither
 * a pause without any, nor the same version deployed again, is worth going back to.
 */
export async function recordDeployment(
  work: UnitOfWork,
  place: Place,
  versionId: string,
  createdBy: string | null,
): Promise<void> {
  let before = await newestWhole(work, place);
  while (before && (before.versionId === null || before.versionId === versionId))
    before = await previous(work, before);
  await record(work, place, {
    kind: DeploymentChangeKind.DEPLOYED,
    versionId,
    previousId: before?.id ?? null,
    createdBy,
  });
}

/** Records that a version answers a part from now on; a rollback of that leaves all to the other one. */
export async function recordCanary(
  work: UnitOfWork,
  place: Place,
  { versionId, trafficPercent }: { versionId: string; trafficPercent: number },
  createdBy: string | null,
): Promise<void> {
  const before = await newestWhole(work, place);
  const kind = DeploymentChangeKind.CANARY;
  await record(work, place, { kind, versionId, trafficPercent, previousId: before?.id ?? null, createdBy });
}

/** Records that nothing answers; a rollback of that brings back what did. */
export async function recordUndeployment(
  work: UnitOfWork,
  place: Place,
  createdBy: string | null,
): Promise<void> {
  const before = await newestWhole(work, place);
  const kind = DeploymentChangeKind.UNDEPLOYED;
  await record(work, place, { kind, versionId: null, previousId: before?.id ?? null, createdBy });
}

/** Records the return to `target`; another rollback goes on from there, further back. */
export const recordRollback = (
  work: UnitOfWork,
  place: Place,
  { versionId, previousId }: DeploymentChange,
  createdBy: string | null,
): Promise<void> =>
  record(work, place, { kind: DeploymentChangeKind.ROLLED_BACK, versionId, previousId, createdBy });

async function record(
  work: UnitOfWork,
  { modelId, environment }: Place,
  facts: Pick<DeploymentChange, "kind" | "versionId" | "previousId" | "createdBy"> &
    Partial<Pick<DeploymentChange, "trafficPercent">>,
): Promise<void> {
  const change = { id: newId("deploychange"), modelId, environment, ...facts, createdAt: clock.now() };
  await work.manager.insert(DeploymentChange, change);
}
