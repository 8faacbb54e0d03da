import { clock, newId } from "../../kernel/clock.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { NotFound } from "../../kernel/errors.js";
import { Dataset } from "../datasets/index.js";
import {
  ArtefactInvalid,
  customary,
  type LearningResult,
  type Outcomes,
  signatureOf,
  unpackOutcomes,
} from "../learning/index.js";
import { Deployment, type Environment } from "./deployment.entity.js";
import { Engine } from "./engine.js";
import { VersionEvaluation } from "./evaluation/version-evaluation.entity.js";
import { changesOf, nextNumber, type Recipe } from "./lineage.js";
import type { ModelEvent } from "./model.events.js";
import { ModelVersion } from "./model-version.entity.js";

const artefactContext = (versionId: string): string => `model_artefact:${versionId}`;
const outcomesContext = (versionId: string): string => `version_outcomes:${versionId}`;

/** The training whose result is published. */
export interface Origin {
  modelId: string;
  datasetId: string | null;
  createdBy: string | null;
  /** The version that it was fine-tuned from; the newest one unless given. */
  parentId?: string | null;
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
    result: LearningResult & { engine: keyof typeof Engine | null },
  ): Promise<ModelVersion> {
    const { modelId, createdBy } = origin;
    if (!(await this.lockModel(work, modelId)))
      throw new NotFound("The model was deleted while it was trained.");
    const newest = await newestOf(work, modelId);
    const parent = origin.parentId
      ? await work.manager.findOneBy(ModelVersion, { id: origin.parentId, modelId })
      : newest;
    const made = madeOf(origin, result);
    const recipe = await recipeOf(work, made);
    const version = Object.assign(new ModelVersion(), made, {
      id: newId("version"),
      modelId,
      number: nextNumber(newest && { number: newest.number, recipe: await recipeOf(work, newest) }, recipe),
      ordinal: (newest?.ordinal ?? -1) + 1,
      metrics: result.metrics,
      engine: result.engine && Engine[result.engine],
      sha256: result.sha256,
      sizeBytes: result.artefact.byteLength,
      parentId: parent?.id ?? null,
      changes: parent && changesOf(await recipeOf(work, parent), recipe),
      createdBy,
      createdAt: clock.now(),
    });
    await work.manager.insert(ModelVersion, version);
    await this.#store(work, scope, version.id, result);
    const { number, metrics, sha256, parentId } = version;
    const after = { modelId, number, metrics, sha256, parentId };
    work.emit<ModelEvent>({ type: "version.published", subject: version.id, after });
    return version;
  }

  async #store(work: UnitOfWork, scope: TenantScope, id: string, result: LearningResult): Promise<void> {
    const { artefact, evaluation, outcomes } = result;
    await work.query("insert into model_artefact (version_id, bytes) values ($1, $2)", [
      id,
      scope.seal(artefact, artefactContext(id)),
    ]);
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
  deployed(scope: TenantScope, modelId: string, environment: Environment): Promise<ModelVersion | null> {
    return scope.read(async (manager) => {
      const deployment = await manager.findOneBy(Deployment, { modelId, environment });
      return deployment && manager.findOneBy(ModelVersion, { id: deployment.versionId });
    });
  }
}

const newestOf = (work: UnitOfWork, modelId: string): Promise<ModelVersion | null> =>
  work.manager.findOne(ModelVersion, { where: { modelId }, order: { ordinal: "DESC" } });

type Made = Pick<
  ModelVersion,
  "datasetId" | "signature" | "architecture" | "hyperparameters" | "seed" | "kernels" | "split" | "leftOut"
>;

const madeOf = ({ datasetId }: Origin, result: LearningResult): Made => ({
  datasetId,
  signature: signatureOf(result.preprocessing),
  architecture: { preset: "CUSTOM", ...result.architecture },
  hyperparameters: { ...result.hyperparameters, fineTuning: result.fineTuning },
  seed: result.seed,
  kernels: result.kernels,
  split: { ...result.rows, plan: result.split },
  leftOut: result.preprocessing.leftOut,
});

async function recipeOf(work: UnitOfWork, { datasetId, ...made }: Made): Promise<Recipe> {
  const dataset = datasetId ? await work.manager.findOneBy(Dataset, { id: datasetId }) : null;
  return {
    ...made,
    hyperparameters: made.hyperparameters && { ...customary, ...made.hyperparameters },
    dataset: dataset && { id: dataset.id, words: `${dataset.name} (${dataset.rowCount ?? 0} rows)` },
  };
}
