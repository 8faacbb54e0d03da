import { IsOptional, Max, Min, ValidateNested } from "class-validator";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { HyperparametersInput } from "./hyperparameters.type.js";
import { TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

@InputType({ description: "Which model to train, on what and how." })
export class StartTrainingInput {
  @Field(() => ID, { description: "The model to train." }) modelId!: string;
  @Field(() => ID, { description: "A READY dataset to learn from." }) datasetId!: string;

  @Field(() => Int, { nullable: true, description: "0 or more. Default: a random one, shown on the job." })
  @IsOptional()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number | null;

  @Field(() => HyperparametersInput, { nullable: true, description: "Default: what suits the data." })
  @IsOptional()
  @ValidateNested()
  hyperparameters?: HyperparametersInput | null;
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
