import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { connectionOf, type Order, type Page, PageArguments, page } from "../../kernel/graphql/connection.js";
import { User, usersById } from "../identity/index.js";
import { Deployment } from "./deployment.entity.js";
import { Model } from "./model.entity.js";
import {
  CreateModelInput,
  CreateModelPayload,
  DeleteModelInput,
  DeleteModelPayload,
  ModelFilter,
  ModelOrder,
  ModelOrderField,
  ModelPayload,
  UpdateModelInput,
} from "./model.inputs.js";
import { deploymentsByModel } from "./model.loaders.js";
import type { ModelService } from "./model.service.js";
import { ModelVersion } from "./model-version.entity.js";

const ModelConnection = connectionOf(Model, "Model");
const ModelVersionConnection = connectionOf(ModelVersion, "ModelVersion");

/** Order by columns of ours; the caller chooses among them. */
const orderProperty: Record<ModelOrderField, string> = {
  [ModelOrderField.CREATED_AT]: "id",
  [ModelOrderField.NAME]: "name",
};

@Resolver(() => Model)
export class ModelResolver {
  constructor(private readonly service: ModelService) {}

  @Query(() => ModelConnection, { description: "The newest first, unless ordered otherwise." })
  models(
    @Ctx() { tenant }: TenantContext,
    @Args() args: PageArguments,
    @Arg("filter", () => ModelFilter, { nullable: true }) filter?: ModelFilter | null,
    @Arg("orderBy", () => ModelOrder, { nullable: true }) orderBy?: ModelOrder | null,
  ): Promise<Page<Model>> {
    const order: Order = orderBy
      ? { property: orderProperty[orderBy.field], direction: orderBy.direction }
      : { property: "id", direction: "DESC" };
    return page(tenant, Model, args, {
      order,
      narrow: (query) => {
        if (filter?.type) query.andWhere("it.type = :type", { type: filter.type });
        if (filter?.nameContains)
          query.andWhere("strpos(lower(it.name), lower(:part)) > 0", { part: filter.nameContains });
      },
    });
  }

  @Query(() => Model, { nullable: true, description: "One model; null where there is none with this id." })
  model(@Ctx() { tenant }: TenantContext, @Arg("id", () => ID) id: string): Promise<Model | null> {
    return tenant.read((manager) => manager.findOneBy(Model, { id }));
  }

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

  @FieldResolver(() => User, {
    nullable: true,
    description: "Who made it; null for an API key or somebody removed.",
  })
  owner(@Root() { createdBy }: Model, @Ctx() context: TenantContext): Promise<User | null> | null {
    return createdBy === null ? null : context.loaders.of(context, usersById).load(createdBy);
  }

  @FieldResolver(() => ModelVersionConnection, { description: "Newest first." })
  versions(
    @Root() { id }: Model,
    @Ctx() { tenant }: TenantContext,
    @Args() args: PageArguments,
  ): Promise<Page<ModelVersion>> {
    return page(tenant, ModelVersion, args, {
      order: { property: "id", direction: "DESC" },
      narrow: (query) => query.where("it.modelId = :id", { id }),
    });
  }

  @FieldResolver(() => [Deployment], {
    description: "The versions that answer now, at most one in each environment.",
  })
  async deployments(@Root() { id }: Model, @Ctx() context: TenantContext): Promise<Deployment[]> {
    return (await context.loaders.of(context, deploymentsByModel).load(id)) ?? [];
  }
}
