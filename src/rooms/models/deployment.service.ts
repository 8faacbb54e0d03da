import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { badInput, NotFound } from "../../kernel/errors.js";
import { Deployment } from "./deployment.entity.js";
import {
  type Place,
  recordCanary,
  recordDeployment,
  recordRollback,
  recordUndeployment,
  rollbackTarget,
} from "./deployment-history.js";
import { NotDeployed, NothingToRollBack } from "./model.errors.js";
import type { ModelEvent } from "./model.events.js";
import type { DeployModelInput, RollbackDeploymentInput, UndeployModelInput } from "./model.inputs.js";
import { ModelVersion } from "./model-version.entity.js";
import type { VersionService } from "./version.service.js";

/** What the audit tells of before a change, so that the end of a canary is told too. */
const answering = ({ versionId, canaryVersionId, canaryPercent }: Deployment): object => ({
  versionId,
  ...(canaryVersionId !== null && { canaryVersionId, trafficPercent: canaryPercent }),
});

/** What answers where. Sole writer of `deployment` and `deployment_change`; every change locks the model first. */
export class DeploymentService {
  /** @param threads serving threads of each process */
  constructor(
    private readonly versions: VersionService,
    private readonly threads: number,
  ) {}

  /**
   * Replaces what was deployed there, at once, or stands beside it. Throws NOT_FOUND for another model's version as for
   * none; of a part of the requests NOT_DEPLOYED where nothing answers the others, BAD_USER_INPUT where it does itself;
   * BAD_USER_INPUT for more replicas than there are serving threads.
   */
  async deploy({ tenant, viewer }: TenantContext, input: DeployModelInput): Promise<Deployment> {
    const { modelId, environment, replicas = null } = input;
    if (replicas !== null && replicas > this.threads)
      throw badInput(
        "replicas",
        `A process has ${this.threads} serving ${this.threads === 1 ? "thread" : "threads"} here. Ask for no more, or have the operator raise TENFOLD_PREDICTION_THREADS.`,
      );
    return tenant.write("model.deploy", async (work) => {
      await this.versions.lockModel(work, modelId);
      const version = await work.manager.findOneBy(ModelVersion, { modelId, number: input.version });
      if (!version) throw new NotFound("There is no such version of this model.");
      if (input.trafficPercent < 100) return this.#standBeside(work, input, version, viewer.id);
      await recordDeployment(work, input, version.id, viewer.id);
      return this.#answerWith(work, { modelId, environment, replicas }, version, viewer.id, "model.deployed");
    });
  }

  /** Puts back the version deployed before. Throws NOT_FOUND for no model, NOTHING_TO_ROLL_BACK for no such version. */
  async rollback({ tenant, viewer }: TenantContext, place: RollbackDeploymentInput): Promise<Deployment> {
    return tenant.write("model.rollback", async (work) => {
      if (!(await this.versions.lockModel(work, place.modelId)))
        throw new NotFound("There is no such model.");
      const target = await rollbackTarget(work, place);
      if (!target?.versionId) throw new NothingToRollBack();
      const version = await work.manager.findOneByOrFail(ModelVersion, { id: target.versionId });
      await recordRollback(work, place, target, viewer.id);
      return this.#answerWith(work, place, version, viewer.id, "model.rolledBack");
    });
  }

  /** Answers the id of what was taken down, or null where nothing was deployed. */
  async undeploy({ tenant, viewer }: TenantContext, place: UndeployModelInput): Promise<string | null> {
    const { modelId, environment } = place;
    return tenant.write("model.undeploy", async (work) => {
      await this.versions.lockModel(work, modelId);
      const gone = await work.manager.findOneBy(Deployment, { modelId, environment });
      if (!gone) return null;
      await work.manager.delete(Deployment, { id: gone.id });
      await recordUndeployment(work, place, viewer.id);
      const before = { environment, ...answering(gone) };
      work.emit<ModelEvent>({ type: "model.undeployed", subject: modelId, before });
      work.notify("deployment", { model: modelId });
      return gone.id;
    });
  }

  async #standBeside(
    work: UnitOfWork,
    { modelId, environment, trafficPercent, replicas }: DeployModelInput,
    { id: versionId, number }: ModelVersion,
    createdBy: string | null,
  ): Promise<Deployment> {
    const deployment = await work.manager.findOneBy(Deployment, { modelId, environment });
    if (!deployment)
      throw new NotDeployed(
        `Nothing is deployed to ${environment} that could answer the other requests. Leave trafficPercent out.`,
      );
    if (deployment.versionId === versionId)
      throw badInput("version", `${number} is deployed there already. Name the version to try beside it.`);
    await recordCanary(work, { modelId, environment }, { versionId, trafficPercent }, createdBy);
    const change = {
      canaryVersionId: versionId,
      canaryPercent: trafficPercent,
      replicas: replicas ?? deployment.replicas,
    };
    const before = answering(deployment);
    await work.manager.update(Deployment, { id: deployment.id }, change);
    const after = { environment, versionId, number, trafficPercent };
    work.emit<ModelEvent>({ type: "model.canaryDeployed", subject: modelId, before, after });
    work.notify("deployment", { model: modelId });
    return Object.assign(deployment, change);
  }

  async #answerWith(
    work: UnitOfWork,
    { modelId, environment, replicas = null }: Place & { replicas?: number | null },
    version: ModelVersion,
    createdBy: string | null,
    type: "model.deployed" | "model.rolledBack",
  ): Promise<Deployment> {
    const before = await work.manager.findOneBy(Deployment, { modelId, environment });
    await work.query(
      `insert into deployment (id, model_id, environment, version_id, created_by, created_at, updated_at, replicas)
       values ($1, $2, $3, $4, $5, $6, $6, coalesce($7, 1))
       on conflict (model_id, environment) do update set version_id = excluded.version_id,
         canary_version_id = null, canary_percent = null, created_by = excluded.created_by,
         updated_at = excluded.updated_at, replicas = coalesce($7, deployment.replicas)`,
      [newId("deployment"), modelId, environment, version.id, createdBy, clock.now(), replicas],
    );
    work.emit<ModelEvent>({
      type,
      subject: modelId,
      before: before ? answering(before) : undefined,
      after: { environment, versionId: version.id, number: version.number, replicas },
    });
    work.notify("deployment", { model: modelId });
    return work.manager.findOneByOrFail(Deployment, { modelId, environment });
  }
}
