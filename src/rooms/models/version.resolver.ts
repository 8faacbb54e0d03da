import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { type Declared, Needs, ToOne } from "../../kernel/graphql/reads/declare.js";
import { Dataset } from "../datasets/index.js";
import { User } from "../identity/index.js";
import { modelCard } from "./card/index.js";
import { Deployment } from "./deployment.entity.js";
import type { DeploymentService } from "./deployment.service.js";
import { DeploymentChange } from "./deployment-change.entity.js";
import { VersionEvaluation } from "./evaluation/version-evaluation.entity.js";
import { Model } from "./model.entity.js";
import {
  DeployModelInput,
  DeployModelPayload,
  RollbackDeploymentInput,
  RollbackDeploymentPayload,
  UndeployModelInput,
  UndeployModelPayload,
} from "./model.inputs.js";
import { ModelVersion } from "./model-version.entity.js";

@Resolver(() => ModelVersion)
export class ModelVersionResolver {
  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;

  @ToOne(ModelVersion, {
    key: "parentId",
    nullable: true,
    description: "The version it was fine-tuned from, else the newest before it; null for the first.",
  })
  readonly parent!: Declared;

  @ToOne(Dataset, {
    key: "datasetId",
    nullable: true,
    description: "What it learnt from and was measured on; null once that was deleted.",
  })
  readonly dataset!: Declared;

  @ToOne(VersionEvaluation, {
    key: "id",
    nullable: true,
    description:
      "Curves, calibration, residuals and intervals; null for a version older than the record of it.",
  })
  readonly evaluation!: Declared;

  @Needs("id")
  @FieldResolver(() => String, {
    description:
      "What the version is, was made from and can do, and what not, in Markdown; what people named is escaped.",
  })
  modelCard(@Root() version: ModelVersion, @Ctx() context: TenantContext): Promise<string> {
    return modelCard(context, version);
  }
}

@Resolver(() => DeploymentChange)
export class DeploymentChangeResolver {
  @ToOne(ModelVersion, {
    key: "versionId",
    nullable: true,
    description: "What answers since; null where nothing does.",
  })
  readonly version!: Declared;

  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;

  @ToOne(User, {
    key: "createdBy",
    nullable: true,
    description: "Who did it; null for an API key or somebody removed.",
  })
  readonly by!: Declared;
}

@Resolver(() => Deployment)
export class DeploymentResolver {
  constructor(private readonly deployments: DeploymentService) {}

  @Mutation(() => DeployModelPayload, {
    description:
      "Replaces at once what answered in the environment before, or with `trafficPercent` below 100 answers a part of the requests beside it.",
  })
  async deployModel(
    @Ctx() context: TenantContext,
    @Arg("input") input: DeployModelInput,
  ): Promise<DeployModelPayload> {
    return { deployment: await this.deployments.deploy(context, input) };
  }

  @Mutation(() => RollbackDeploymentPayload, {
    description:
      "Puts back the version deployed there before, also after it was undeployed; again, the one before that. A canary is ended by it.",
  })
  async rollbackDeployment(
    @Ctx() context: TenantContext,
    @Arg("input") input: RollbackDeploymentInput,
  ): Promise<RollbackDeploymentPayload> {
    return { deployment: await this.deployments.rollback(context, input) };
  }

  @Mutation(() => UndeployModelPayload, {
    description: "From then on the model does not answer in that environment.",
  })
  async undeployModel(
    @Ctx() context: TenantContext,
    @Arg("input") input: UndeployModelInput,
  ): Promise<UndeployModelPayload> {
    return { undeployedDeploymentId: await this.deployments.undeploy(context, input) };
  }

  @ToOne(ModelVersion, { key: "versionId" })
  readonly version!: Declared;

  @ToOne(ModelVersion, {
    key: "canaryVersionId",
    nullable: true,
    description: "The version that answers a part of the requests in place of `version`.",
  })
  readonly canary!: Declared;

  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;
}
