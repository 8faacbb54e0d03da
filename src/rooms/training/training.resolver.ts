import {
  Arg,
  Ctx,
  Extensions,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import {
  ById,
  Connection,
  type Declared,
  filterBy,
  Latest,
  Needs,
  ToMany,
  ToOne,
} from "../../kernel/graphql/reads/declare.js";
import { Dataset } from "../datasets/index.js";
import { Model, ModelVersion, SplitPlan } from "../models/index.js";
import { Hyperparameters } from "./hyperparameters.type.js";
import {
  CancelTrainingInput,
  CancelTrainingPayload,
  StartTrainingInput,
  StartTrainingPayload,
  TrainingJobFilter,
} from "./training.inputs.js";
import { trainingFeed } from "./training-feed.js";
import type { TrainingService } from "./training.service.js";
import { TrainingEpoch } from "./training-epoch.entity.js";
import { progressOf, TrainingJob, TrainingProgress } from "./training-job.entity.js";

/** What type-graphql hands to `subscribe`. */
interface SubscribeInput {
  args: { jobId: string };
  context: TenantContext;
}

@Resolver(() => TrainingJob)
export class TrainingResolver {
  constructor(private readonly training: TrainingService) {}

  @Connection(TrainingJob, {
    description: "The newest first.",
    filter: filterBy<TrainingJobFilter, TrainingJob>(TrainingJobFilter, {
      modelId: ["modelId", "equal"],
      datasetId: ["datasetId", "equal"],
      statuses: ["status", "oneOf"],
    }),
  })
  readonly trainingJobs!: Declared;

  @ById(TrainingJob, { description: "One training job; null where there is none with this id." })
  readonly trainingJob!: Declared;

  @ToOne(ModelVersion, { key: "versionId", nullable: true, description: "What came of it." })
  readonly version!: Declared;

  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;

  @ToOne(Dataset, { key: "datasetId", nullable: true, description: "Null once the dataset was deleted." })
  readonly dataset!: Declared;

  // Up to a thousand epochs, so what a request may cost holds the curves of a page of jobs and not of many.
  @Extensions({ cost: 40 })
  @ToMany(TrainingEpoch, {
    key: "jobId",
    orderBy: "epoch",
    description:
      "The learning curve: every epoch so far, the first one first. Kept however the job ends; empty for jobs older than the record of it.",
  })
  readonly history!: Declared;

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
      trainingFeed(context.notifications).follow(context, args.jobId),
  })
  trainingProgress(
    @Arg("jobId", () => ID) _jobId: string,
    @Root() progress: TrainingProgress,
  ): TrainingProgress {
    return progress;
  }

  @Needs("status", "progress", "hyperparameters")
  @FieldResolver(() => TrainingProgress)
  progress(@Root() job: TrainingJob): TrainingProgress {
    return progressOf(job);
  }

  @Needs("plan")
  @FieldResolver(() => SplitPlan, {
    nullable: true,
    description: "How rows are held out. Null is every fourth row, of a time series the last quarter.",
  })
  split(@Root() { plan }: TrainingJob): SplitPlan | null {
    return plan.split ?? null;
  }

  @Needs("plan")
  @FieldResolver(() => String, {
    nullable: true,
    description: "Number of the version that it goes on from; null for fresh weights.",
  })
  fromVersion(@Root() { plan }: TrainingJob): string | null {
    return plan.base?.number ?? null;
  }

  @Needs("plan")
  @FieldResolver(() => Int, {
    nullable: true,
    description: "How many of the last layers learn; null is all.",
  })
  trainableLayers(@Root() { plan }: TrainingJob): number | null {
    return plan.base?.trainableLayers ?? null;
  }
}

/** What training adds to a model. */
@Resolver(() => Model)
export class ModelTrainingResolver {
  @Connection(TrainingJob, { key: "modelId", description: "Newest first." })
  readonly trainingJobs!: Declared;

  @Latest(TrainingJob, { key: "modelId" })
  readonly latestTrainingJob!: Declared;
}

/** What training alone knows the type of. */
@Resolver(() => ModelVersion)
export class VersionTrainingResolver {
  @Latest(TrainingJob, {
    key: "versionId",
    description: "The run that made it; null where AutoML or an import did, and once that run was deleted.",
  })
  readonly trainingJob!: Declared;

  @Needs("hyperparameters")
  @FieldResolver(() => Hyperparameters, {
    nullable: true,
    description: "What its training went by. Null for a version older than the record of it.",
  })
  hyperparameters(@Root() { hyperparameters }: ModelVersion): object | null {
    return hyperparameters;
  }
}
