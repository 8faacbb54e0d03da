import { ArrayMaxSize, IsOptional } from "class-validator";
import { Arg, Ctx, Field, Float, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { JSONObject } from "../../kernel/graphql/scalars.js";
import { rowLimits } from "../learning/index.js";
import { Engine, Environment, ModelVersion } from "../models/index.js";
import type { PredictionService } from "./prediction.service.js";

@InputType({ description: "The rows, and which model answers." })
export class PredictInput {
  @Field(() => ID, { description: "A model with a version deployed in the environment." }) modelId!: string;
  @Field(() => Environment, {
    nullable: true,
    defaultValue: Environment.PRODUCTION,
    description: "Whose version answers.",
  })
  @IsOptional()
  environment?: Environment | null;

  @Field(() => [JSONObject], {
    description: `Objects by column name, 1 to ${rowLimits.rows}. What is missing, and a category unheard of, is handled as in training; a text where the model learnt numbers is refused. For a time series: the latest rows, the oldest first, at least as many as the signature's window.`,
  })
  @ArrayMaxSize(rowLimits.rows)
  rows!: object[];
}

@ObjectType({ description: "A class and how likely it is." })
export class ClassProbability {
  @Field() label!: string;
  @Field(() => Float) probability!: number;
}

@ObjectType({ description: "What a model says of one row: a label with its confidence, or a value." })
export class Prediction {
  @Field(() => String, { nullable: true }) label!: string | null;
  @Field(() => Float, {
    nullable: true,
    description:
      "A regression's number; of a time series the value one step further ahead than the prediction before; a sentiment's score from -1 to 1, where its classes have known names.",
  })
  value!: number | null;
  @Field(() => Float, { nullable: true, description: "Probability of the label." }) confidence!:
    | number
    | null;
  @Field(() => [ClassProbability], { nullable: true, description: "Every class, the likeliest first." })
  probabilities!: ClassProbability[] | null;

  @Field(() => [Float], { nullable: true, description: "Of an imported CUSTOM network: all its outputs." })
  values?: number[];
}

@ObjectType({ description: "The predictions in the order of the rows, or of the steps ahead." })
export class PredictPayload {
  @Field(() => [Prediction]) predictions!: Prediction[];
  @Field(() => ModelVersion, { description: "The version that answered." }) version!: ModelVersion;
  @Field(() => Engine, { description: "What computed them." }) engine!: Engine;
  @Field(() => Float, { description: "Time in the server, metering included." }) latencyMs!: number;
}

@Resolver()
export class ServingResolver {
  constructor(private readonly service: PredictionService) {}

  @Mutation(() => PredictPayload, { description: "Metered, so a mutation." })
  predict(@Ctx() context: TenantContext, @Arg("input") input: PredictInput): Promise<PredictPayload> {
    return this.service.predict(
      context,
      input.modelId,
      input.environment ?? Environment.PRODUCTION,
      input.rows,
    );
  }
}
