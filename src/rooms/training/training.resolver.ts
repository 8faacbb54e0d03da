import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { connectionOf, type Page, PageArguments, page } from "../../kernel/graphql/connection.js";
import { Dataset, datasetsById } from "../datasets/index.js";
import { Model, modelsById, ModelVersion, versionsById } from "../models/index.js";
import {
  CancelTrainingInput,
  CancelTrainingPayload,
  StartTrainingInput,
  StartTrainingPayload,
  TrainingJobFilter,
} from "./training.inputs.js";
import { latestJobsByModel } from "./training.loaders.js";
import { ProgressFeed } from "./progress-feed.js";
import type { TrainingService } from "./training.service.js";
import { progressOf, TrainingJob, TrainingProgress } from "./training-job.entity.js";

const TrainingJobConnection = connectionOf(TrainingJob, "TrainingJob");

/** What type-graphql hands to `subscribe`. */
interface SubscribeInput {
  args: { jobId: string };
  context: TenantContext;
}

@Resolver(() => TrainingJob)
export class TrainingResolver {
  constructor(private readonly training: TrainingService) {}

  @Query(() => TrainingJobConnection, { description: "The newest first." })
  trainingJobs(
    @Ctx() { tenant }: TenantContext,
    @Args() args: PageArguments,
    @Arg("filter", () => TrainingJobFilter, { nullable: true }) filter?: TrainingJobFilter | null,
  ): Promise<Page<TrainingJob>> {
    return page(tenant, TrainingJob, args, {
      narrow: (query) => {
        if (filter?.modelId) query.andWhere("it.modelId = :modelId", { modelId: filter.modelId });
        if (filter?.datasetId) query.andWhere("it.datasetId = :datasetId", { datasetId: filter.datasetId });
        if (filter?.statuses) query.andWhere("it.status = any(:statuses)", { statuses: filter.statuses });
      },
    });
  }

  @Query(() => TrainingJob, {
    nullable: true,
    description: "One training job; null where there is none with this id.",
  })
  trainingJob(
    @Ctx() { tenant }: TenantContext,
    @Arg("id", () => ID) id: string,
  ): Promise<TrainingJob | null> {
    return tenant.read((manager) => manager.findOneBy(TrainingJob, { id }));
  }

  @Mutation(() => StartTrainingPayload, {
    description: "Queues a training. What is bound to fail is refused here.",
  })
  async startTraining(
    @Ctx() context: TenantContext,
    @Arg("input") input: StartTrainingInput,
  ): Promise<StartTrainingPayload> {
    return { trainingJob: await this.training.start(context, input) };
  }

  @Mutation(() => CancelTrainingPayload, {
    description: "Final at once; a running process ends within a second.",
  })
  async cancelTraining(
    @Ctx() context: TenantContext,
    @Arg("input") { jobId }: CancelTrainingInput,
  ): Promise<CancelTrainingPayload> {
    return { trainingJob: await this.training.cancel(context, jobId) };
  }

  @Subscription(() => TrainingProgress, {
    description: "The state now, then each epoch, until the job has ended.",
    subscribe: ({ args, context }: SubscribeInput) =>
      ProgressFeed.of(context.notifications).follow(context, args.jobId),
  })
  trainingProgress(
    @Arg("jobId", () => ID) _jobId: string,
    @Root() progress: TrainingProgress,
  ): TrainingProgress {
    return progress;
  }

  @FieldResolver(() => TrainingProgress)
  progress(@Root() job: TrainingJob): TrainingProgress {
    return progressOf(job);
  }

  @FieldResolver(() => ModelVersion, { nullable: true, description: "What came of it." })
  version(
    @Root() { versionId }: TrainingJob,
    @Ctx() context: TenantContext,
  ): Promise<ModelVersion | null> | null {
    return versionId === null ? null : context.loaders.of(context, versionsById).load(versionId);
  }

  @FieldResolver(() => Model)
  model(@Root() { modelId }: TrainingJob, @Ctx() context: TenantContext): Promise<Model | null> {
    return context.loaders.of(context, modelsById).load(modelId);
  }

  @FieldResolver(() => Dataset, { nullable: true, description: "Null once the dataset was deleted." })
  dataset(@Root() { datasetId }: TrainingJob, @Ctx() context: TenantContext): Promise<Dataset | null> | null {
    return datasetId === null ? null : context.loaders.of(context, datasetsById).load(datasetId);
  }
}

/** What training adds to a model. */
@Resolver(() => Model)
export class ModelTrainingResolver {
  @FieldResolver(() => TrainingJobConnection, { description: "Newest first." })
  trainingJobs(
    @Root() { id }: Model,
    @Ctx() { tenant }: TenantContext,
    @Args() args: PageArguments,
  ): Promise<Page<TrainingJob>> {
    return page(tenant, TrainingJob, args, { narrow: (query) => query.where("it.modelId = :id", { id }) });
  }

  @FieldResolver(() => TrainingJob, { nullable: true })
  latestTrainingJob(@Root() { id }: Model, @Ctx() context: TenantContext): Promise<TrainingJob | null> {
    return context.loaders.of(context, latestJobsByModel).load(id);
  }
}
