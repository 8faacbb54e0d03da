import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { Deployment } from "./deployment.entity.js";
import { Model } from "./model.entity.js";
import {
  DeployModelInput,
  DeployModelPayload,
  UndeployModelInput,
  UndeployModelPayload,
} from "./model.inputs.js";
import { modelsById, versionsById } from "./model.loaders.js";
import { ModelVersion } from "./model-version.entity.js";
import type { VersionService } from "./version.service.js";

@Resolver(() => ModelVersion)
export class ModelVersionResolver {
  @FieldResolver(() => Model)
  async model(@Root() { modelId }: ModelVersion, @Ctx() context: TenantContext): Promise<Model | null> {
    return context.loaders.of(context, modelsById).load(modelId);
  }
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

  @FieldResolver(() => ModelVersion)
  version(@Root() { versionId }: Deployment, @Ctx() context: TenantContext): Promise<ModelVersion | null> {
    return context.loaders.of(context, versionsById).load(versionId);
  }

  @FieldResolver(() => Model)
  model(@Root() { modelId }: Deployment, @Ctx() context: TenantContext): Promise<Model | null> {
    return context.loaders.of(context, modelsById).load(modelId);
  }
}
