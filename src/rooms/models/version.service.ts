import { clock, newId } from "../../kernel/clock.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { NotFound } from "../../kernel/errors.js";
import {
  ArtefactInvalid,
  type Imported,
  type LearningResult,
  type Outcomes,
  unpackOutcomes,
} from "../learning/index.js";
import { Deployment, type Environment } from "./deployment.entity.js";
import { Engine } from "./engine.js";
import { VersionEvaluation } from "./evaluation/version-evaluation.entity.js";
import { changesOf, nextNumber } from "./lineage.js";
import { importedAs, type Made, madeOf, type Origin, recipeOf } from "./version-recipe.js";
import type { ModelEvent } from "./model.events.js";
import { ModelVersion, VersionSource } from "./model-version.entity.js";

const artefactContext = (versionId: string): string => `model_artefact:${versionId}`;
const outcomesContext = (versionId: string): string => `version_outcomes:${versionId}`;

interface Serving {
  /** What was found to compute its answers. */
  engine: keyof typeof Engine | null;
}

/** What is stored of a version beside what it was made of. */
interface Weights extends Serving, Pick<ModelVersion, "metrics" | "source"> {
  artefact: Uint8Array;
  sha256: string;
}

/** Versions, their artefacts and what was measured on them. Sole writer of their tables. */
export class VersionService {
  /**
   * Stores a trained artefact as the model's next version, inside the unit of work that ends its training. The row
   * lock on the model gives two trainings that end at once two numbers.
   */
  async publish(
    work: UnitOfWork,
    scope: TenantScope,
    origin: Origin,
    result: LearningResult & Serving,
  ): Promise<ModelVersion> {
    const version = await this.#add(work, scope, origin, madeOf(origin, result), {
      ...result,
      source: VersionSource.TRAINED,
    });
    await this.#storeOutcomes(work, scope, version.id, result);
    const { modelId, number, metrics, sha256, parentId } = version;
    const after = { modelId, number, metrics, sha256, parentId };
    work.emit<ModelEvent>({ type: "version.published", subject: version.id, after });
    return version;
  }

  /** Stores what was imported as the model's next version, which nobody has measured. Throws NOT_FOUND. */
  async publishImported(
    work: UnitOfWork,
    scope: TenantScope,
    origin: Omit<Origin, "datasetId">,
    imported: Imported & Serving,
  ): Promise<ModelVersion> {
    const version = await this.#add(work, scope, origin, importedAs(imported), {
      ...imported,
      source: VersionSource.IMPORTED,
      metrics: null,
    });
    const { modelId, number, sha256, parentId } = version;
    const after = { modelId, number, sha256, parentId, format: imported.kernels.version };
    work.emit<ModelEvent>({ type: "version.imported", subject: version.id, after });
    return version;
  }

  async #add(
    work: UnitOfWork,
    scope: TenantScope,
    { modelId, createdBy, parentId }: Omit<Origin, "datasetId">,
    made: Made,
    { artefact, sha256, engine, metrics, source }: Weights,
  ): Promise<ModelVersion> {
    if (!(await this.lockModel(work, modelId))) throw new NotFound("The model was deleted meanwhile.");
    const newest = await newestOf(work, modelId);
    const parent = parentId ? await work.manager.findOneBy(ModelVersion, { id: parentId, modelId }) : newest;
    const recipe = await recipeOf(work, made);
    const version = Object.assign(new ModelVersion(), made, {
      id: newId("version"),
      modelId,
      number: nextNumber(newest && { number: newest.number, recipe: await recipeOf(work, newest) }, recipe),
      ordinal: (newest?.ordinal ?? -1) + 1,
      source,
      metrics,
      engine: engine && Engine[engine],
      sha256,
      sizeBytes: artefact.byteLength,
      parentId: parent?.id ?? null,
      changes: parent && changesOf(await recipeOf(work, parent), recipe),
      createdBy,
      createdAt: clock.now(),
    });
    await work.manager.insert(ModelVersion, version);
    await work.query("insert into model_artefact (version_id, bytes) values ($1, $2)", [
      version.id,
      scope.seal(artefact, artefactContext(version.id)),
    ]);
    return version;
  }

  async #storeOutcomes(
    work: UnitOfWork,
    scope: TenantScope,
    id: string,
    { evaluation, outcomes }: LearningResult,
  ): Promise<void> {
    await work.manager.insert(VersionEvaluation, { id, ...evaluation });
    if (outcomes === null) return;
    await work.query("insert into version_outcomes (version_id, bytes) values ($1, $2)", [
      id,
      scope.seal(outcomes, outcomesContext(id)),
    ]);
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

  /** What the version said of its held-out rows; null for one older than the record of it. */
  async outcomes(scope: TenantScope, versionId: string): Promise<Outcomes | null> {
    const [row] = await scope.query<{ bytes: Buffer }>(
      "select bytes from version_outcomes where version_id = $1",
      [versionId],
    );
    return row ? unpackOutcomes(scope.open(row.bytes, outcomesContext(versionId))) : null;
  }

  /** Throws NOT_FOUND, for another model's number as for none. */
  async require(scope: TenantScope, modelId: string, number: string): Promise<ModelVersion> {
    const version = await scope.read((manager) => manager.findOneBy(ModelVersion, { modelId, number }));
    if (version) return version;
    throw new NotFound(`There is no version ${number} of this model.`);
  }

  /** What answers in an environment; null where nothing is deployed or the model is not this tenant's. */
  deployed(scope: TenantScope, modelId: string, environment: Environment): Promise<Deployed | null> {
    return scope.read(async (manager) => {
      const deployment = await manager.findOneBy(Deployment, { modelId, environment });
      if (!deployment) return null;
      const { versionId, replicas, canaryVersionId, canaryPercent } = deployment;
      const version = await manager.findOneBy(ModelVersion, { id: versionId });
      if (canaryVersionId === null || canaryPercent === null)
        return version && { version, replicas, canary: null };
      const beside = await manager.findOneBy(ModelVersion, { id: canaryVersionId });
      return version && { version, replicas, canary: beside && { version: beside, percent: canaryPercent } };
    });
  }
}

/** What answers in an environment, and beside it a part of the requests. */
export interface Deployed {
  version: ModelVersion;
  /** Of either of them. */
  replicas: number;
  canary: { version: ModelVersion; percent: number } | null;
}

const newestOf = (work: UnitOfWork, modelId: string): Promise<ModelVersion | null> =>
  work.manager.findOne(ModelVersion, { where: { modelId }, order: { ordinal: "DESC" } });
