import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root, Subscription } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import {
  ById,
  Connection,
  type Declared,
  filterBy,
  Needs,
  ToOne,
} from "../../kernel/graphql/reads/declare.js";
import { Dataset } from "../datasets/index.js";
import { Model, ModelVersion, SplitPlan } from "../models/index.js";
import { automlFeed } from "./automl-feed.js";
import {
  AutomlRunFilter,
  CancelAutomlInput,
  CancelAutomlPayload,
  StartAutomlInput,
  StartAutomlPayload,
} from "./automl.inputs.js";
import type { AutomlService } from "./automl.service.js";
import { AutomlProgress } from "./automl-progress.type.js";
import { AutomlRun, progressOf } from "./automl-run.entity.js";
import { AutomlTrial } from "./automl-trial.entity.js";
import { AutomlWinner } from "./winner.resolver.js";

/** What type-graphql hands to `subscribe`. */
interface SubscribeInput {
  args: { runId: string };
  context: TenantContext;
}

@Resolver(() => AutomlRun)
export class AutomlResolver {
  constructor(private readonly automl: AutomlService) {}

  @Connection(AutomlRun, {
    description: "Searches, the newest first.",
    filter: filterBy<AutomlRunFilter, AutomlRun>(AutomlRunFilter, {
      modelId: ["modelId", "equal"],
      statuses: ["status", "oneOf"],
    }),
  })
  readonly automlRuns!: Declared;

  @ById(AutomlRun, { description: "One search; null where there is none with this id." })
  readonly automlRun!: Declared;

  @ToOne(ModelVersion, { key: "versionId", nullable: true, description: "What came of it." })
  readonly version!: Declared;

  @ToOne(Model, { key: "modelId" })
  readonly model!: Declared;

  @ToOne(Dataset, { key: "datasetId", nullable: true, description: "Null once the dataset was deleted." })
  readonly dataset!: Declared;

  @Connection(AutomlTrial, { key: "runId", description: "What was drawn, the last one first." })
  readonly trials!: Declared;

  @Mutation(() => StartAutomlPayload, {
    description:
      "Queues a search for the settings under which the model learns best. What is bound to fail is refused here.",
  })
  async startAutoml(
    @Ctx() context: TenantContext,
    @Arg("input") input: StartAutomlInput,
  ): Promise<StartAutomlPayload> {
    return { automlRun: await this.automl.start(context, input) };
  }

  @Mutation(() => CancelAutomlPayload, {
    description: "Final at once; a running process ends within a second.",
  })
  async cancelAutoml(
    @Ctx() context: TenantContext,
    @Arg("input") { runId }: CancelAutomlInput,
  ): Promise<CancelAutomlPayload> {
    return { automlRun: await this.automl.cancel(context, runId) };
  }

  @Subscription(() => AutomlProgress, {
    description: "The leaderboard now, then after every change, until the search has ended.",
    subscribe: ({ args, context }: SubscribeInput) =>
      automlFeed(context.notifications).follow(context, args.runId),
  })
  automlProgress(@Arg("runId", () => ID) _runId: string, @Root() progress: AutomlProgress): AutomlProgress {
    return progress;
  }

  @Needs("status", "trialLimit", "leaderboard", "current", "searchedMs")
  @FieldResolver(() => AutomlProgress)
  progress(@Root() run: AutomlRun): AutomlProgress {
    return progressOf(run);
  }

  @Needs("plan")
  @FieldResolver(() => SplitPlan, {
    nullable: true,
    description: "How the rows are held out that no trial sees. Null is every fourth row.",
  })
  split(@Root() { plan }: AutomlRun): SplitPlan | null {
    return plan.split ?? null;
  }

  @Needs("winner", "versionId")
  @FieldResolver(() => AutomlWinner, { nullable: true, description: "Null until the search is over." })
  winner(@Root() { winner, versionId }: AutomlRun): AutomlWinner | null {
    return winner && Object.assign(new AutomlWinner(), winner, { versionId });
  }
}

/** What a search adds to a model. */
@Resolver(() => Model)
export class ModelAutomlResolver {
  @Connection(AutomlRun, { key: "modelId", description: "Searches for this model, newest first." })
  readonly automlRuns!: Declared;
}
