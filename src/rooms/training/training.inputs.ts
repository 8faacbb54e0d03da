import { IsOptional, Max, Min, ValidateNested } from "class-validator";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { HyperparametersInput } from "./hyperparameters.type.js";
import { TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

@InputType()
export class StartTrainingInput {
  @Field(() => ID) modelId!: string;
  @Field(() => ID) datasetId!: string;

  @Field(() => Int, { nullable: true, description: "0 or more. Default: a random one, shown on the job." })
  @IsOptional()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number | null;

  @Field(() => HyperparametersInput, { nullable: true })
  @IsOptional()
  @ValidateNested()
  hyperparameters?: HyperparametersInput | null;
}

@InputType()
export class CancelTrainingInput {
  @Field(() => ID) jobId!: string;
}

@InputType({ description: "What is given must hold together." })
export class TrainingJobFilter {
  @Field(() => ID, { nullable: true }) @IsOptional() modelId?: string | null;
  @Field(() => ID, { nullable: true }) @IsOptional() datasetId?: string | null;
  @Field(() => [TrainingJobStatus], { nullable: true }) @IsOptional() statuses?: TrainingJobStatus[] | null;
}

@ObjectType()
export class StartTrainingPayload {
  @Field(() => TrainingJob) trainingJob!: TrainingJob;
}

@ObjectType()
export class CancelTrainingPayload {
  @Field(() => TrainingJob) trainingJob!: TrainingJob;
}
