import { Ctx, Extensions, FieldResolver, Resolver, Root } from "type-graphql";
import type { TenantContext } from "../../../kernel/context.js";
import { Needs } from "../../../kernel/graphql/reads/declare.js";
import { TenfoldError } from "../../../kernel/errors.js";
import { Deployment, type ModelVersion } from "../../models/index.js";
import type { PredictionService } from "../prediction.service.js";
import { DeploymentHealth, HealthStatus, type VersionHealth } from "./health.type.js";

const { HEALTHY, UNHEALTHY } = HealthStatus;

@Resolver(() => Deployment)
export class HealthResolver {
  constructor(private readonly predictions: PredictionService) {}

  // It may load two models, and no plan's limit of predictions counts it: what a request may cost is its only bound.
  @Extensions({ cost: 200 })
  @Needs("modelId", "environment")
  @FieldResolver(() => DeploymentHealth, {
    description:
      "Asks each of its versions for a prediction of a made-up row, as `predict` would; nothing is metered.",
  })
  async health(
    @Root() { modelId, environment }: Deployment,
    @Ctx() context: TenantContext,
  ): Promise<DeploymentHealth> {
    const { version, canary } = await this.predictions.deployment(context.tenant, modelId, environment);
    const asked = canary ? [version, canary.version] : [version];
    const versions = await Promise.all(asked.map((one) => this.#ask(context, one)));
    return { status: versions.every(({ status }) => status === HEALTHY) ? HEALTHY : UNHEALTHY, versions };
  }

  async #ask({ tenant }: TenantContext, version: ModelVersion): Promise<VersionHealth> {
    const begun = performance.now();
    const told = (status: HealthStatus, error?: TenfoldError): VersionHealth => ({
      status,
      version,
      latencyMs: performance.now() - begun,
      code: error?.code ?? null,
      message: error?.message ?? null,
    });
    try {
      await this.predictions.probe(tenant, version);
      return told(HEALTHY);
    } catch (error) {
      // What nobody declared is a fault of ours, and masked and logged as everywhere.
      if (error instanceof TenfoldError) return told(UNHEALTHY, error);
      throw error;
    }
  }
}
