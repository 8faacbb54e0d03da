import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { NotFound } from "../../kernel/errors.js";
import { ArtefactInvalid, type LearningResult, signatureOf } from "../learning/index.js";
import { Deployment, type Environment } from "./deployment.entity.js";
import { Engine } from "./engine.js";
import type { ModelEvent } from "./model.events.js";
import type { DeployModelInput, UndeployModelInput } from "./model.inputs.js";
import { ModelVersion } from "./model-version.entity.js";

const artefactContext = (versionId: string): string => `model_artefact:${versionId}`;

/** Versions, their artefacts and where they are deployed. Sole writer of the three tables. */
export class VersionService {
  /**
   * Stores a trained artefact as the model's next version, inside the unit of work that ends its training. The row
   * lock on the model gives two trainings that end at once two numbers.
   */
  async publish(
    work: UnitOfWork,
    scope: TenantScope,
    { modelId, createdBy }: { modelId: string; createdBy: string | null },
    result: LearningResult & { engine: keyof typeof Engine | null },
  ): Promise<ModelVersion> {
    if (!(await this.lockModel(work, modelId)))
      throw new NotFound("The model was deleted while it was trained.");
    const [last] = await work.query<{ ordinal: number }>(
      "select coalesce(max(ordinal), -1)::int as ordinal from model_version where model_id = $1",
      [modelId],
    );
    const ordinal = (last?.ordinal ?? -1) + 1;
    const version = Object.assign(new ModelVersion(), {
      id: newId("version"),
      modelId,
      number: `1.${ordinal}.0`,
      ordinal,
      metrics: result.metrics,
      engine: result.engine && Engine[result.engine],
      signature: signatureOf(result.preprocessing),
      sha256: result.sha256,
      sizeBytes: result.artefact.byteLength,
      createdBy,
      createdAt: clock.now(),
    });
    await work.manager.insert(ModelVersion, version);
    const sealed = scope.seal(result.artefact, artefactContext(version.id));
    await work.query("insert into model_artefact (version_id, bytes) values ($1, $2)", [version.id, sealed]);
    const { number, metrics, sha256 } = version;
    work.emit<ModelEvent>({
      type: "version.published",
      subject: version.id,
      after: { modelId, number, metrics, sha256 },
    });
    return version;
  }

  /** Whether the model is there; then it stays until the unit of work ends. Lock it before anything of it. */
  async lockModel(work: UnitOfWork, modelId: string): Promise<boolean> {
    return (await work.query("select id from model where id = $1 for update", [modelId])).length > 0;
  }

  /** The artefact's bytes as training made them. Throws NOT_FOUND; ARTEFACT_INVALID where they were altered. */
  async artefact(scope: TenantScope, versionId: string): Promise<Uint8Array> {
    const [row] = await scope.query<{ bytes: Buffer }>(
      "select bytes from model_artefact where version_id = $1",
      [versionId],
    );
    if (!row) throw new NotFound("There is no such version.");
    try {
      return scope.open(row.bytes, artefactContext(versionId));
    } catch (error) {
      throw Object.assign(new ArtefactInvalid(), { cause: error });
    }
  }

  /** Replaces what was deployed there, at once. Throws NOT_FOUND for another model's version as for none. */
  async deploy({ tenant, viewer }: TenantContext, input: DeployModelInput): Promise<Deployment> {
    const { modelId, environment } = input;
    return tenant.write("model.deploy", async (work) => {
      const version = await work.manager.findOneBy(ModelVersion, { modelId, number: input.version });
      if (!version) throw new NotFound("There is no such version of this model.");
      const now = clock.now();
      const [before] = await work.query<{ version_id: string }>(
        "select version_id from deployment where model_id = $1 and environment = $2 for update",
        [modelId, environment],
      );
      await work.query(
        `insert into deployment (id, model_id, environment, version_id, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (model_id, environment) do update set version_id = excluded.version_id,
           created_by = excluded.created_by, updated_at = excluded.updated_at`,
        [newId("deployment"), modelId, environment, version.id, viewer.id, now],
      );
      const after = { environment, versionId: version.id, number: version.number };
      work.emit<ModelEvent>({
        type: "model.deployed",
        subject: modelId,
        before: before && { versionId: before.version_id },
        after,
      });
      work.notify("deployment", { model: modelId });
      return work.manager.findOneByOrFail(Deployment, { modelId, environment });
    });
  }

  /** Answers the id of what was taken down, or null where nothing was deployed. */
  async undeploy(
    { tenant }: TenantContext,
    { modelId, environment }: UndeployModelInput,
  ): Promise<string | null> {
    return tenant.write("model.undeploy", async (work) => {
      const [gone] = await work.query<{ id: string; version_id: string }>(
        "delete from deployment where model_id = $1 and environment = $2 returning id, version_id",
        [modelId, environment],
      );
      if (!gone) return null;
      work.emit<ModelEvent>({
        type: "model.undeployed",
        subject: modelId,
        before: { environment, versionId: gone.version_id },
      });
      work.notify("deployment", { model: modelId });
      return gone.id;
    });
  }

  /** What answers in an environment; null where nothing is deployed or the model is not this tenant's. */
  deployed(scope: TenantScope, modelId: string, environment: Environment): Promise<ModelVersion | null> {
    return scope.read(async (manager) => {
      const deployment = await manager.findOneBy(Deployment, { modelId, environment });
      return deployment && manager.findOneBy(ModelVersion, { id: deployment.versionId });
    });
  }
}
