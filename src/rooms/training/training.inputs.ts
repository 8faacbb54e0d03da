import { IsOptional, Max, MaxLength, Min, ValidateNested } from "class-validator";
import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { Within } from "../../kernel/graphql/within.js";
import { seeds } from "../../kernel/range.js";
import { HyperparametersInput } from "./hyperparameters.inputs.js";
import { type SplitKind as SplitKindName, testFractions } from "../learning/index.js";
import { SplitKind } from "../models/index.js";
import { TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

@InputType({ description: "Which rows are held out for measuring; those for watching follow the same rule." })
export class SplitInput {
  @Field(() => SplitKind, { description: "The rule." }) kind!: SplitKindName;

  @Field(() => String, {
    nullable: true,
    description: "For TIME a column of dates (ISO 8601) or numbers, for GROUP the one that names the group.",
  })
  @IsOptional()
  @MaxLength(1_000)
  column?: string | null;

  @Field(() => Float, {
    nullable: true,
    description: "Part of all rows to hold out, 0.01 to 0.9. Default: 0.25.",
  })
  @IsOptional()
  @Within(testFractions)
  testFraction?: number | null;

  @Field(() => Int, { nullable: true, description: "Seed of the draw, 0 or more. Default: the training's." })
  @IsOptional()
  @Within(seeds)
  seed?: number | null;
}

@InputType({ description: "Which model to train, on what and how." })
export class StartTrainingInput {
  @Field(() => ID, { description: "The model to train." }) modelId!: string;
  @Field(() => ID, { description: "A READY dataset to learn from." }) datasetId!: string;

  @Field(() => Int, { nullable: true, description: "0 or more. Default: a random one, shown on the job." })
  @IsOptional()
  @Within(seeds)
  seed?: number | null;

  @Field(() => HyperparametersInput, { nullable: true, description: "Default: what suits the data." })
  @IsOptional()
  @ValidateNested()
  hyperparameters?: HyperparametersInput | null;

  @Field(() => SplitInput, {
    nullable: true,
    description:
      "Which rows are held out. Default: every fourth row, of a time series the last quarter; with `fromVersion` on its own dataset, as that version did.",
  })
  @IsOptional()
  @ValidateNested()
  split?: SplitInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Number of a version of this model to go on from: its weights, layers, inputs and classes, of a text generation its tokens and how many it sees at once. Default: fresh weights.",
  })
  @IsOptional()
  @MaxLength(32)
  fromVersion?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "With `fromVersion`: only so many of the last layers learn, the output layer among them. Default: all.",
  })
  @IsOptional()
  @Min(1)
  @Max(1_000)
  trainableLayers?: number | null;
}

@InputType({ description: "Which training job." })
export class CancelTrainingInput {
  @Field(() => ID, { description: "The id of the training job." }) jobId!: string;
}

@InputType({ description: "What is given must hold together." })
export class TrainingJobFilter {
  @Field(() => ID, { nullable: true, description: "Jobs of this model." }) @IsOptional() modelId?:
    | string
    | null;
  @Field(() => ID, { nullable: true, description: "Jobs on this dataset." }) @IsOptional() datasetId?:
    | string
    | null;
  @Field(() => [TrainingJobStatus], { nullable: true, description: "Jobs in any of these." })
  @IsOptional()
  statuses?: TrainingJobStatus[] | null;
}

@ObjectType({ description: "The job that is queued." })
export class StartTrainingPayload {
  @Field(() => TrainingJob) trainingJob!: TrainingJob;
}

@ObjectType({ description: "The job as it ended." })
export class CancelTrainingPayload {
  @Field(() => TrainingJob) trainingJob!: TrainingJob;
}
