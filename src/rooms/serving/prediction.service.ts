import { Counter } from "prom-client";
import { clock } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { badInput } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import {
  type Explanation,
  type ExplanationRequest,
  type GenerationRequest,
  imageInputOf,
  type ModelSource,
  type Prediction,
  PredictorPool,
  rowLimits,
  whyNot,
  type WrittenPiece,
} from "../learning/index.js";
import { Meter, type MeteringService, UsageLedger } from "../metering/index.js";
import {
  type Deployed,
  Engine,
  type Environment,
  type ModelService,
  type ModelVersion,
  type VersionService,
} from "../models/index.js";
import { Deployments } from "./deployments.js";
import { ofOneRow } from "./fault-places.js";
import { probeOf } from "./health/probe.js";

/** What a version says of rows, and what computed it. */
export interface Answers {
  predictions: Prediction[];
  engine: Engine;
}

export interface Served extends Answers {
  version: ModelVersion;
  latencyMs: number;
}

/** Drawn anew for each request, so that over many of them the parts are what was asked for. */
const oneOf = ({ version, canary }: Deployed): ModelVersion =>
  canary && clock.randomBytes(4).readUInt32BE() < (canary.percent / 100) * 2 ** 32 ? canary.version : version;

/** Predictions with what is deployed. No row of a caller's is answered that is not metered. */
export class PredictionService {
  readonly #pool: PredictorPool;
  readonly #ledger: UsageLedger;
  readonly #deployments: Deployments;
  readonly #answered: Counter<"engine">;

  constructor(
    { config, metrics, notifications }: Kernel,
    private readonly metering: MeteringService,
    models: ModelService,
    private readonly versions: VersionService,
  ) {
    this.#pool = new PredictorPool({
      threads: config.predictionThreads,
      microBatching: config.microBatching,
    });
    this.#ledger = new UsageLedger(metering, Meter.PREDICTIONS, "prediction.create");
    this.#answered = new Counter({
      name: "tenfold_predictions_total",
      help: "Rows predicted, by what computed them.",
      labelNames: ["engine"],
      registers: [metrics],
    });
    this.#deployments = new Deployments(notifications, models, versions, (tenantId, version) =>
      this.#pool.evict(poolKey(tenantId, version)),
    );
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
    const deployed = await this.deployment(tenant, modelId, environment);
    const version = oneOf(deployed);
    const refusal = whyNot(version.signature.output.type, "PREDICT");
    if (refusal !== null) throw badInput("modelId", refusal);
    const { replicas } = deployed;
    const image = imageInputOf(version.signature);
    const answered = await this.#ask({ ...this.#source(tenant, version), image, replicas }, rows);
    // Of a series, whose rows are one history, each step ahead counts.
    await this.#ledger.consume(tenant, answered.predictions.length, version.id);
    return { ...answered, version, latencyMs: performance.now() - begun };
  }

  /** As `predict`, by one version, deployed or not, of rows that hold cells as data files do, and of an image its pixels. */
  async predictCells(tenant: TenantScope, version: ModelVersion, rows: readonly object[]): Promise<Answers> {
    const answered = await this.answers(tenant, version, rows);
    await this.#ledger.consume(tenant, answered.predictions.length, version.id);
    return answered;
  }

  /**
   * As `predictCells`, for who meters the rows and checked them: of an image they hold the cell of its pixels. Whatever
   * it answers must go nowhere before its usage is committed.
   */
  answers(tenant: TenantScope, version: ModelVersion, rows: readonly object[]): Promise<Answers> {
    return this.#ask({ ...this.#source(tenant, version), prepared: true }, rows);
  }

  /** As `predict`, of why a version says what it says of a row; every evaluation is metered. Paths begin with `row`. */
  async explain(
    tenant: TenantScope,
    version: ModelVersion,
    row: object,
    request: ExplanationRequest,
  ): Promise<Omit<Explanation, "engine"> & { engine: Engine }> {
    const image = imageInputOf(version.signature);
    // A thousand evaluations in vain cost more than the question, which a plan without limits is spared.
    const admit = (evaluations: number): Promise<void> =>
      this.metering.check(tenant, Meter.PREDICTIONS, evaluations);
    const { engine, ...explanation } = await this.#pool
      .explain({ ...this.#source(tenant, version), image }, [row], request, admit)
      .catch((error: unknown) => Promise.reject(ofOneRow(error)));
    await this.#ledger.consume(tenant, explanation.evaluations, version.id);
    this.#answered.labels(engine).inc(explanation.evaluations);
    return { ...explanation, engine: Engine[engine] };
  }

  /** Has a version answer a made-up row, for nobody and unmetered. Throws what a prediction would. */
  async probe(tenant: TenantScope, version: ModelVersion): Promise<void> {
    const source = this.#source(tenant, version);
    if (whyNot(version.signature.output.type, "PREDICT") === null) {
      const image = imageInputOf(version.signature);
      await this.#pool.predict({ ...source, image }, probeOf(version.signature));
      return;
    }
    const request = { prompt: "", maxTokens: 1, seed: 0, stop: [], temperature: 0, topK: null, topP: null };
    for await (const _piece of this.#pool.generate(source, request)) return;
  }

  async #ask(source: ModelSource, rows: readonly object[]): Promise<Answers> {
    const { predictions, engine } = await this.#pool.predict(source, rows);
    this.#answered.labels(engine).inc(predictions.length);
    return { predictions, engine: Engine[engine] };
  }

  /** Writes a text in the threads of predictions; metering it is the caller's. */
  generateWith(
    tenant: TenantScope,
    version: ModelVersion,
    request: GenerationRequest,
  ): AsyncGenerator<WrittenPiece, void> {
    return this.#pool.generate(this.#source(tenant, version), request);
  }

  #source(tenant: TenantScope, version: ModelVersion): ModelSource {
    const load = (): Promise<Uint8Array> => this.versions.artefact(tenant, version.id);
    return { key: poolKey(tenant.id, version), owner: tenant.id, load };
  }

  /** The version that is to answer a request: what is deployed, or its canary. Throws NOT_FOUND, NOT_DEPLOYED. */
  async deployed(tenant: TenantScope, modelId: string, environment: Environment): Promise<ModelVersion> {
    return oneOf(await this.#deployments.of(tenant, modelId, environment));
  }

  /** What answers in an environment. Throws NOT_FOUND, NOT_DEPLOYED. */
  deployment(tenant: TenantScope, modelId: string, environment: Environment): Promise<Deployed> {
    return this.#deployments.of(tenant, modelId, environment);
  }

  /** Makes the next prediction ask what is deployed, and frees the memory of what was. */
  forget(tenantId: string, modelId: string): void {
    this.#deployments.forget(tenantId, modelId);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Names the tenant, so that no two can ever share a loaded model. */
const poolKey = (tenantId: string, { id }: ModelVersion): string => `${tenantId}:${id}`;
