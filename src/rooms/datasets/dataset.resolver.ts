import { Arg, Ctx, Extensions, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { clock } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { badInput } from "../../kernel/errors.js";
import { defaultFirst } from "../../kernel/graphql/connection.js";
import { JSONObject } from "../../kernel/graphql/scalars.js";
import { previewLimits, type PreviewRow } from "./analysis/index.js";
import { ById, Connection, type Declared, Needs, ToOne } from "../../kernel/graphql/reads/declare.js";
import { ColumnType, TargetBalanceType } from "./dataset-column.type.js";
import { DatasetComparison } from "./dataset-comparison.type.js";
import type { DatasetInsightService } from "./dataset-insight.service.js";
import { WarningType } from "./dataset-warning.type.js";
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
  constructor(
    private readonly service: DatasetService,
    private readonly insight: DatasetInsightService,
  ) {}

  @Connection(Dataset, { description: "The newest first." })
  readonly datasets!: Declared;

  @ById(Dataset, { description: "One dataset; null where there is none with this id." })
  readonly dataset!: Declared;

  @ToOne(Dataset, {
    key: "parentId",
    nullable: true,
    description: "The version this one was made from; null for the first, and once that one was deleted.",
  })
  readonly parent!: Declared;

  // As much as reading two files whole: what a request may cost holds few of them.
  @Extensions({ cost: 100 })
  @Query(() => DatasetComparison, {
    description:
      "What changed from a to b: columns, rows, and how far the values drifted. Both must be READY.",
  })
  compareDatasets(
    @Ctx() context: TenantContext,
    @Arg("a", () => ID) a: string,
    @Arg("b", () => ID) b: string,
  ): Promise<DatasetComparison> {
    return this.insight.compare(context, a, b);
  }

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

  @Extensions({ cost: 10 })
  @FieldResolver(() => [JSONObject], {
    description:
      "The first rows, with numbers and truths as such and texts cut at 256 characters; 256 KiB at most, so there may be fewer. Of images file, label, width, height, mode and a small `thumbnail` as a data URL. Empty until READY.",
  })
  preview(
    @Root() dataset: Dataset,
    @Ctx() context: TenantContext,
    @Arg("first", () => Int, { defaultValue: defaultFirst, description: "1 to 100." }) first: number,
  ): Promise<PreviewRow[]> {
    if (first < 1 || first > previewLimits.rows)
      throw badInput("first", `Ask for 1 to ${previewLimits.rows} rows.`);
    return this.insight.preview(context, dataset, first);
  }

  @Extensions({ cost: 50 })
  @FieldResolver(() => [WarningType], {
    description:
      "What would mislead a training on this dataset: leaks, repeated rows and columns, columns that teach nothing. Reads every row.",
  })
  warnings(
    @Root() dataset: Dataset,
    @Ctx() context: TenantContext,
    @Arg("target", { description: "The column to be predicted." }) target: string,
  ): Promise<WarningType[]> {
    return this.insight.warnings(context, dataset, target);
  }
}
