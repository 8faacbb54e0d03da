import { LRUCache } from "lru-cache";
import { Counter } from "prom-client";
import type { TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import { badInput } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import { imageInputOf, type Prediction, PredictorPool, rowLimits } from "../learning/index.js";
import { Meter, type MeteringService, UsageLedger } from "../metering/index.js";
import {
  Engine,
  type Environment,
  type ModelService,
  type ModelVersion,
  NotDeployed,
  type VersionService,
} from "../models/index.js";

/** What a version says of rows, and what computed it. */
export interface Answers {
  predictions: Prediction[];
  engine: Engine;
}

export interface Served extends Answers {
  version: ModelVersion;
  latencyMs: number;
}

/** What is known of a model to be deployed, by environment. */
type Deployed = Map<Environment, ModelVersion>;

/** Without news for longer than this nothing is believed, should a connection be dead and not know it. */
const believedMs = 60_000;

/** Predictions with what is deployed. Nothing is answered that is not metered. */
export class PredictionService {
  readonly #pool: PredictorPool;
  readonly #ledger: UsageLedger;
  /** What is deployed where, by tenant and model; a deployment in any process makes every process ask anew. */
  readonly #deployed = new LRUCache<string, Deployed>({ max: 50_000, ttl: believedMs });
  readonly #notifications: Notifications;
  readonly #answered: Counter<"engine">;
  #news = 0;

  constructor(
    { config, metrics, notifications }: Kernel,
    metering: MeteringService,
    private readonly models: ModelService,
    private readonly versions: VersionService,
  ) {
    this.#pool = new PredictorPool({
      threads: config.predictionThreads,
      microBatching: config.microBatching,
    });
    this.#ledger = new UsageLedger(metering, Meter.PREDICTIONS, "prediction.create");
    this.#answered = new Counter({
      name: "tenfold_predictions_total",
      help: "Rows predicted and metered, by what computed them.",
      labelNames: ["engine"],
      registers: [metrics],
    });
    this.#notifications = notifications;
    notifications.on("deployment", ({ tenant, model }) => this.forget(String(tenant), String(model)));
    notifications.onGap(() => {
      this.#news += 1;
      this.#deployed.clear();
    });
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
    const answered = await this.predictWith(tenant, version, rows);
    return { ...answered, version, latencyMs: performance.now() - begun };
  }

  /** As `predict`, by one version, deployed or not. */
  async predictWith(tenant: TenantScope, version: ModelVersion, rows: object[]): Promise<Answers> {
    const load = (): Promise<Uint8Array> => this.versions.artefact(tenant, version.id);
    const { predictions, engine } = await this.#pool.predict(
      { key: poolKey(tenant.id, version), load, image: imageInputOf(version.signature) },
      rows,
    );
    // Of a series, whose rows are one history, each step ahead counts.
    await this.#ledger.consume(tenant, predictions.length, version.id);
    this.#answered.labels(engine).inc(predictions.length);
    return { predictions, engine: Engine[engine] };
  }

  async #version(tenant: TenantScope, modelId: string, environment: Environment): Promise<ModelVersion> {
    const key = `${tenant.id}:${modelId}`;
    const known = this.#deployed.get(key)?.get(environment);
    // While no news arrives, what was known may be so no longer.
    if (known && this.#notifications.connected) return known;
    const before = this.#news;
    const version = await this.versions.deployed(tenant, modelId, environment);
    if (!version) {
      await this.models.require(tenant, modelId);
      throw new NotDeployed(`No version of this model is deployed to ${environment}. Deploy one first.`);
    }
    // What was read before the news of a deployment may be what it replaced, and would stay for good.
    if (this.#news === before) this.#remember(key, environment, version);
    return version;
  }

  #remember(key: string, environment: Environment, version: ModelVersion): void {
    const deployed = this.#deployed.get(key) ?? new Map<Environment, ModelVersion>();
    this.#deployed.set(key, deployed.set(environment, version));
  }

  /** Makes the next prediction ask what is deployed, and frees the memory of what was. */
  forget(tenantId: string, modelId: string): void {
    const key = `${tenantId}:${modelId}`;
    this.#news += 1;
    for (const version of this.#deployed.get(key)?.values() ?? [])
      this.#pool.evict(poolKey(tenantId, version));
    this.#deployed.delete(key);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Names the tenant, so that no two can ever share a loaded model. */
const poolKey = (tenantId: string, { id }: ModelVersion): string => `${tenantId}:${id}`;
