import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { clock } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { ById, Connection, type Declared, Needs } from "../../kernel/graphql/reads/declare.js";
import { ColumnType, TargetBalanceType } from "./dataset-column.type.js";
import { Dataset, DatasetStatus } from "./dataset.entity.js";
import {
  CreateDatasetInput,
  CreateDatasetPayload,
  DeleteDatasetInput,
  DeleteDatasetPayload,
} from "./dataset.inputs.js";
import type { DatasetService } from "./dataset.service.js";

@Resolver(() => Dataset)
export class DatasetResolver {
  constructor(private readonly service: DatasetService) {}

  @Connection(Dataset, { description: "The newest first." })
  readonly datasets!: Declared;

  @ById(Dataset, { description: "One dataset; null where there is none with this id." })
  readonly dataset!: Declared;

  @Mutation(() => CreateDatasetPayload, {
    description: "From `content`, or for a file that is then PUT to `uploadUrl`.",
  })
  createDataset(
    @Ctx() context: TenantContext,
    @Arg("input") input: CreateDatasetInput,
  ): Promise<CreateDatasetPayload> {
    return this.service.create(context, input);
  }

  @Mutation(() => DeleteDatasetPayload, {
    description: "With its file, for good. Models trained on it stay.",
  })
  async deleteDataset(
    @Ctx() context: TenantContext,
    @Arg("input") { id }: DeleteDatasetInput,
  ): Promise<DeleteDatasetPayload> {
    return { dataset: await this.service.delete(context, id) };
  }

  // Computed when asked, so that nothing has to run at the very moment at which an upload URL ends.
  @Needs("status", "uploadExpiresAt")
  @FieldResolver(() => DatasetStatus)
  status(@Root() { status, uploadExpiresAt }: Dataset): DatasetStatus {
    const expired =
      status === DatasetStatus.PENDING && uploadExpiresAt !== null && uploadExpiresAt <= clock.now();
    return expired ? DatasetStatus.EXPIRED : status;
  }

  @Needs("columns")
  @FieldResolver(() => [ColumnType], { description: "In the file's order; empty until READY." })
  columns(@Root() { columns }: Dataset): ColumnType[] {
    return columns ?? [];
  }

  @FieldResolver(() => TargetBalanceType, { description: "How one column would do as a target." })
  targetBalance(
    @Root() dataset: Dataset,
    @Arg("column", { description: "The column's name." }) column: string,
  ): TargetBalanceType {
    return this.service.targetBalance(dataset, column);
  }
}
