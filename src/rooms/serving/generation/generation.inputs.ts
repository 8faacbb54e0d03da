import { ArrayMaxSize, IsOptional, Length, Max, MaxLength, Min } from "class-validator";
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Within } from "../../../kernel/graphql/within.js";
import { seeds } from "../../../kernel/range.js";
import { enumOf } from "../../../kernel/graphql/enum-of.js";
import {
  finishReasons,
  type FinishReason as FinishReasonName,
  requestLimits,
  suitableRequest,
} from "../../learning/index.js";
import { Environment, ModelVersion } from "../../models/index.js";

export const FinishReason = enumOf(finishReasons);
registerEnumType(FinishReason, {
  name: "FinishReason",
  description: "Why a generated text ended.",
  valuesConfig: {
    END: { description: "The model said that the text ends here." },
    LENGTH: { description: "It has as many tokens as were asked for." },
    STOP: { description: "One of the wished-for ends came; the text stops before it." },
  },
});

@InputType({ description: "What is to be gone on with, by which model and how." })
export class GenerateTextInput {
  @Field(() => ID, {
    description: "A model of type TEXT_GENERATION with a version deployed in the environment.",
  })
  modelId!: string;

  @Field(() => Environment, {
    nullable: true,
    defaultValue: Environment.PRODUCTION,
    description: "Whose version answers.",
  })
  @IsOptional()
  environment?: Environment | null;

  @Field(() => String, {
    nullable: true,
    description: `The beginning of the text, at most ${requestLimits.prompt} characters, of which the model sees the end. What it does not know counts as unknown and is never written. Default: none.`,
  })
  @IsOptional()
  @MaxLength(requestLimits.prompt)
  prompt?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `Tokens at most, 1 to ${requestLimits.tokens}. Default: ${suitableRequest.tokens}.`,
  })
  @IsOptional()
  @Min(1)
  @Max(requestLimits.tokens)
  maxTokens?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: `0 to ${requestLimits.temperature}: the lower, the likelier each token; 0 always takes the likeliest. Default: ${suitableRequest.temperature}.`,
  })
  @IsOptional()
  @Min(0)
  @Max(requestLimits.temperature)
  temperature?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `Chooses among so many of the likeliest tokens, 1 to ${requestLimits.topK}. Default: all.`,
  })
  @IsOptional()
  @Min(1)
  @Max(requestLimits.topK)
  topK?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Chooses among the likeliest tokens that together have this probability, 0.01 to 1. Default: all.",
  })
  @IsOptional()
  @Min(0.01)
  @Max(1)
  topP?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "0 or more. The same seed, prompt, settings and version give the same text. Default: a random one, which the answer tells.",
  })
  @IsOptional()
  @Within(seeds)
  seed?: number | null;

  @Field(() => [String], {
    nullable: true,
    description: `The text ends before the first of these, at most ${requestLimits.stops} of 1 to ${requestLimits.stopLength} characters.`,
  })
  @IsOptional()
  @ArrayMaxSize(requestLimits.stops)
  @Length(1, requestLimits.stopLength, { each: true })
  stop?: string[] | null;
}

@ObjectType({ description: "How the text goes on." })
export class GenerateTextPayload {
  @Field({ description: "What follows the prompt, without it." }) text!: string;
  @Field(() => Int, { description: "Tokens that were made and metered." }) tokens!: number;
  @Field(() => FinishReason) finishReason!: FinishReasonName;
  @Field(() => ModelVersion, { description: "The version that wrote it." }) version!: ModelVersion;
  @Field(() => Float, { description: "Time in the server, metering included." }) latencyMs!: number;
  @Field(() => Int, { description: "The seed of its choices." }) seed!: number;
}

@ObjectType({ description: "A piece of a text while it is written; joined, the pieces are the text." })
export class TextGenerationPiece {
  @Field({ description: "What came since the piece before; may be empty." }) text!: string;
  @Field(() => Int, { description: "Tokens made and metered since the piece before." }) tokens!: number;
  @Field(() => FinishReason, { nullable: true, description: "Why the text ended; null while it goes on." })
  finishReason!: FinishReasonName | null;
  @Field(() => ModelVersion, { description: "The version that writes it." }) version!: ModelVersion;
  @Field(() => Int, { description: "The seed of its choices." }) seed!: number;
}
