import { LRUCache } from "lru-cache";
import type { TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { Kernel } from "../../kernel/kernel.js";
import { type Prediction, PredictorPool, rowLimits } from "../learning/index.js";
import { Meter, type MeteringService, UsageLedger } from "../metering/index.js";
import {
  type Environment,
  type ModelService,
  type ModelVersion,
  NotDeployed,
  type VersionService,
} from "../models/index.js";
import { badInput } from "../../kernel/errors.js";

export interface Served {
  predictions: Prediction[];
  version: ModelVersion;
  latencyMs: number;
}

/** Predictions with what is deployed. Nothing is answered that is not metered. */
export class PredictionService {
  readonly #pool: PredictorPool;
  readonly #ledger: UsageLedger;
  /** What is deployed where, by tenant, model and environment; a deployment anywhere makes every process ask anew. */
  readonly #deployed = new LRUCache<string, ModelVersion>({ max: 50_000 });

  constructor(
    kernel: Kernel,
    metering: MeteringService,
    private readonly models: ModelService,
    private readonly versions: VersionService,
  ) {
    this.#pool = new PredictorPool({
      threads: kernel.config.predictionThreads,
      microBatching: kernel.config.microBatching,
    });
    this.#ledger = new UsageLedger(metering, Meter.PREDICTIONS, "prediction.create");
    kernel.notifications.on("deployment", ({ tenant, model }) => this.#forget(String(tenant), String(model)));
    kernel.notifications.onGap(() => this.#deployed.clear());
  }

  /** One prediction a row, in order. Throws NOT_FOUND, NOT_DEPLOYED, BAD_USER_INPUT with the place, QUOTA_EXCEEDED. */
  async predict(
    { tenant }: TenantContext,
    modelId: string,
    environment: Environment,
    rows: object[],
  ): Promise<Served> {
    const begun = performance.now();
    if (rows.length === 0) throw badInput("rows", `Send 1 to ${rowLimits.rows} rows.`);
    const version = await this.#version(tenant, modelId, environment);
    const load = (): Promise<Uint8Array> => this.versions.artefact(tenant, version.id);
    const { predictions } = await this.#pool.predict({ key: `${tenant.id}:${version.id}`, load }, rows);
    await this.#ledger.consume(tenant, rows.length, version.id);
    return { predictions, version, latencyMs: performance.now() - begun };
  }

  async #version(tenant: TenantScope, modelId: string, environment: Environment): Promise<ModelVersion> {
    const key = `${tenant.id}:${modelId}:${environment}`;
    const known = this.#deployed.get(key);
    if (known) return known;
    const version = await this.versions.deployed(tenant, modelId, environment);
    if (!version) {
      await this.models.require(tenant, modelId);
      throw new NotDeployed(`No version of this model is deployed to ${environment}. Deploy one first.`);
    }
    this.#deployed.set(key, version);
    return version;
  }

  #forget(tenantId: string, modelId: string): void {
    for (const key of this.#deployed.keys())
      if (key.startsWith(`${tenantId}:${modelId}:`)) this.#deployed.delete(key);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
