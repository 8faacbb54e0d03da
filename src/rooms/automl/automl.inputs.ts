import { ArrayMaxSize, ArrayMinSize, IsOptional, Max, Min, ValidateNested } from "class-validator";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { Within } from "../../kernel/graphql/within.js";
import { seeds } from "../../kernel/range.js";
import type { MeasureName, SearchAlgorithm } from "../learning/index.js";
import { EvaluationMetric } from "../models/index.js";
import { SplitInput, TrainingJobStatus } from "../training/index.js";
import { AutomlAlgorithm } from "./automl-progress.type.js";
import { AutomlRun } from "./automl-run.entity.js";

@InputType({ description: "For which model to search, on what and within which limits." })
export class StartAutomlInput {
  @Field(() => ID, {
    description: "The model: its type, target and features hold; its architecture is what is searched.",
  })
  modelId!: string;

  @Field(() => ID, { description: "A READY dataset to learn from." }) datasetId!: string;

  @Field(() => SplitInput, {
    nullable: true,
    description:
      "Which rows no trial sees, and the rule by which the others take turns: by TIME none is trained on that is later than those measured, by GROUP no group is on both sides. Default: every fourth row.",
  })
  @IsOptional()
  @ValidateNested()
  split?: SplitInput | null;

  @Field(() => EvaluationMetric, {
    nullable: true,
    description: "What the search goes by. Default: ACCURACY of classes, R2 of numbers.",
  })
  @IsOptional()
  metric?: MeasureName | null;

  @Field(() => Int, {
    defaultValue: 600,
    description: "Seconds of searching, 10 to 7,200; then the best so far is trained on all rows.",
  })
  @Min(10)
  @Max(7_200)
  timeLimitSeconds: number = 600;

  @Field(() => Int, { defaultValue: 16, description: "How many settings are tried, 1 to 64." })
  @Min(1)
  @Max(64)
  trialLimit: number = 16;

  @Field(() => [AutomlAlgorithm], { nullable: true, description: "Default: all that the data suits." })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(16)
  algorithms?: SearchAlgorithm[] | null;

  @Field(() => Int, { nullable: true, description: "0 or more. Default: a random one, shown on the run." })
  @IsOptional()
  @Within(seeds)
  seed?: number | null;
}

@InputType({ description: "Which search." })
export class CancelAutomlInput {
  @Field(() => ID, { description: "The id of the run." }) runId!: string;
}

@InputType({ description: "What is given must hold together." })
export class AutomlRunFilter {
  @Field(() => ID, { nullable: true, description: "Searches for this model." }) @IsOptional() modelId?:
    | string
    | null;
  @Field(() => [TrainingJobStatus], { nullable: true, description: "Searches in any of these." })
  @IsOptional()
  statuses?: TrainingJobStatus[] | null;
}

@ObjectType({ description: "The search that is queued." })
export class StartAutomlPayload {
  @Field(() => AutomlRun) automlRun!: AutomlRun;
}

@ObjectType({ description: "The search as it ended." })
export class CancelAutomlPayload {
  @Field(() => AutomlRun) automlRun!: AutomlRun;
}
