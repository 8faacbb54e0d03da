import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { type Declared, ToOne } from "../../kernel/graphql/reads/declare.js";
import { Deployment } from "./deployment.entity.js";
import { Model } from "./model.entity.js";
import {
  DeployModelInput,
  DeployModelPayload,
  UndeployModelInput,
  UndeployModelPayload,
} from "./model.inputs.js";
import { ModelVersion } from "./model-version.entity.js";
import type { VersionService } from "./version.service.js";

@Resolver(() => ModelVersion)
export class ModelVersionResolver {
  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;
}

@Resolver(() => Deployment)
export class DeploymentResolver {
  constructor(private readonly versions: VersionService) {}

  @Mutation(() => DeployModelPayload, {
    description: "Replaces at once what answered in the environment before.",
  })
  async deployModel(
    @Ctx() context: TenantContext,
    @Arg("input") input: DeployModelInput,
  ): Promise<DeployModelPayload> {
    return { deployment: await this.versions.deploy(context, input) };
  }

  @Mutation(() => UndeployModelPayload, {
    description: "From then on the model does not answer in that environment.",
  })
  async undeployModel(
    @Ctx() context: TenantContext,
    @Arg("input") input: UndeployModelInput,
  ): Promise<UndeployModelPayload> {
    return { undeployedDeploymentId: await this.versions.undeploy(context, input) };
  }

  @ToOne(ModelVersion, { key: "versionId" })
  readonly version!: Declared;

  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;
}
