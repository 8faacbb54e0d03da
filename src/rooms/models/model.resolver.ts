import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import {
  ById,
  Connection,
  type Declared,
  filterBy,
  ToMany,
  ToOne,
} from "../../kernel/graphql/reads/declare.js";
import { User } from "../identity/index.js";
import { Deployment } from "./deployment.entity.js";
import { DeploymentChange } from "./deployment-change.entity.js";
import { Model } from "./model.entity.js";
import {
  CreateModelInput,
  CreateModelPayload,
  DeleteModelInput,
  DeleteModelPayload,
  DeploymentChangeFilter,
  ModelFilter,
  ModelOrder,
  ModelOrderField,
  ModelPayload,
  ModelVersionFilter,
  UpdateModelInput,
} from "./model.inputs.js";
import type { ModelService } from "./model.service.js";
import { ModelVersion } from "./model-version.entity.js";

@Resolver(() => Model)
export class ModelResolver {
  constructor(private readonly service: ModelService) {}

  @Connection(Model, {
    description: "The newest first, unless ordered otherwise.",
    filter: filterBy<ModelFilter, Model>(ModelFilter, {
      type: ["type", "equal"],
      nameContains: ["name", "contains"],
    }),
    orderBy: {
      type: ModelOrder,
      properties: { [ModelOrderField.CREATED_AT]: "id", [ModelOrderField.NAME]: "name" },
    },
  })
  readonly models!: Declared;

  @ById(Model, { description: "One model; null where there is none with this id." })
  readonly model!: Declared;

  @ToOne(User, {
    key: "createdBy",
    nullable: true,
    description: "Who made it; null for an API key or somebody removed.",
  })
  readonly owner!: Declared;

  @Connection(ModelVersion, {
    key: "modelId",
    filter: filterBy<ModelVersionFilter, ModelVersion>(ModelVersionFilter, { number: ["number", "equal"] }),
    description: "Newest first.",
  })
  readonly versions!: Declared;

  @ToMany(Deployment, {
    key: "modelId",
    orderBy: "environment",
    description: "The versions that answer now, at most one in each environment.",
  })
  readonly deployments!: Declared;

  @Connection(DeploymentChange, {
    key: "modelId",
    filter: filterBy<DeploymentChangeFilter, DeploymentChange>(DeploymentChangeFilter, {
      environment: ["environment", "equal"],
    }),
    description: "What was deployed where, by whom and when; newest first.",
  })
  readonly deploymentHistory!: Declared;

  @Mutation(() => CreateModelPayload, { description: "Counts against the plan; nothing is trained yet." })
  async createModel(
    @Ctx() context: TenantContext,
    @Arg("input") input: CreateModelInput,
  ): Promise<CreateModelPayload> {
    return { model: await this.service.create(context, input) };
  }

  @Mutation(() => ModelPayload, {
    description: "Counts for the next training; trained versions stay as they are.",
  })
  async updateModel(
    @Ctx() context: TenantContext,
    @Arg("input") input: UpdateModelInput,
  ): Promise<ModelPayload> {
    return { model: await this.service.update(context, input) };
  }

  @Mutation(() => DeleteModelPayload, { description: "With its versions, deployments and training jobs." })
  async deleteModel(
    @Ctx() context: TenantContext,
    @Arg("input") { id }: DeleteModelInput,
  ): Promise<DeleteModelPayload> {
    await this.service.delete(context, id);
    return { deletedModelId: id };
  }
}
