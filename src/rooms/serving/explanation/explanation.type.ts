import { IsOptional, MaxLength } from "class-validator";
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Within } from "../../../kernel/graphql/within.js";
import { rangeText, seeds } from "../../../kernel/range.js";
import { JSONObject } from "../../../kernel/graphql/scalars.js";
import { explanationLimits } from "../../learning/index.js";
import { Engine, Environment, ModelVersion } from "../../models/index.js";

export enum ExplanationMethod {
  SHAPLEY_EXACT = "SHAPLEY_EXACT",
  SHAPLEY_SAMPLED = "SHAPLEY_SAMPLED",
}
registerEnumType(ExplanationMethod, {
  name: "ExplanationMethod",
  description:
    "How the difference to the baseline is shared out: by Shapley values, what a part adds on average over all orders in which parts may come.",
  valuesConfig: {
    SHAPLEY_EXACT: { description: "Over all orders, by evaluating every combination of parts." },
    SHAPLEY_SAMPLED: {
      description:
        "Over orders drawn by the seed, each with its reverse. The sum is exact; how it is shared out is an estimate.",
    },
  },
});

export enum ExplanationBaseline {
  TRAINING_STATISTICS = "TRAINING_STATISTICS",
  ZERO = "ZERO",
  EMPTY_TEXT = "EMPTY_TEXT",
  MEAN_IMAGE = "MEAN_IMAGE",
}
registerEnumType(ExplanationBaseline, {
  name: "ExplanationBaseline",
  description: "What stands in the place of a part that is absent.",
  valuesConfig: {
    TRAINING_STATISTICS: {
      description:
        "Of the training rows: a number's mean, the commoner truth; a category as if unknown, a text without words.",
    },
    ZERO: {
      description:
        "0, in an imported version that reads numbers as they stand: nothing else is known of them.",
    },
    EMPTY_TEXT: { description: "The text without the word." },
    MEAN_IMAGE: {
      description:
        "The mean brightness of the training images; of an imported version what its `pixels` subtract, 0 unless said.",
    },
  },
});

const allowed = explanationLimits.evaluations;

@InputType({ description: "Which prediction to explain, and how thoroughly." })
export class ExplainPredictionInput {
  @Field(() => ID, { description: "A model with a version deployed in the environment." })
  @MaxLength(100)
  modelId!: string;

  @Field(() => Environment, {
    nullable: true,
    defaultValue: Environment.PRODUCTION,
    description: "Whose version answers.",
  })
  @IsOptional()
  environment?: Environment | null;

  @Field(() => JSONObject, { description: "An object by column name, as in `predict`." }) row!: object;

  @Field(() => String, {
    nullable: true,
    description:
      "The class whose probability is explained. Default: the likeliest. Of an imported CUSTOM network with several outputs: the number of one, from 1.",
  })
  @IsOptional()
  @MaxLength(1_000)
  label?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `The model is asked about so many variants of the row at most, and each is metered as a prediction; ${rangeText(allowed)}, and at least twice as many as there are parts. Default: ${allowed.usual.toLocaleString("en")}, or as many as the plan predicts in a minute.`,
  })
  @IsOptional()
  @Within(allowed)
  evaluations?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 0,
    description: "The same seed gives the same answer. Without effect on SHAPLEY_EXACT.",
  })
  @IsOptional()
  @Within(seeds)
  seed?: number | null;
}

@ObjectType({ description: "A rectangle of an image in the size in which the model sees it, in pixels." })
export class ImagePatch {
  @Field(() => Int) x!: number;
  @Field(() => Int) y!: number;
  @Field(() => Int) width!: number;
  @Field(() => Int) height!: number;
}

@ObjectType({ description: "What one part of the row adds to the output." })
export class PredictionAttribution {
  @Field() column!: string;
  @Field(() => String, {
    nullable: true,
    description: "Where a text is all that the model reads: the word, or neighbours in a very long text.",
  })
  word!: string | null;
  @Field(() => ImagePatch, { nullable: true, description: "Of an image: which part of it." })
  patch!: ImagePatch | null;
  @Field(() => Float, { description: "In the unit of `output`; below 0 where it speaks against it." })
  value!: number;
}

@ObjectType({ description: "Why a model says what it says of a row." })
export class ExplainPredictionPayload {
  @Field(() => [PredictionAttribution], {
    description:
      "In the order of the columns, words or patches. Their sum is `output` less `baselineOutput`.",
  })
  attributions!: PredictionAttribution[];
  @Field(() => ExplanationMethod) method!: ExplanationMethod;
  @Field(() => ExplanationBaseline) baseline!: ExplanationBaseline;
  @Field(() => String, {
    nullable: true,
    description: "The class that is explained, or the number of a CUSTOM network's output; null for numbers.",
  })
  label!: string | null;
  @Field(() => Float, { description: "The probability of the label, or the number, for the row." })
  output!: number;
  @Field(() => Float, { description: "The same where every part is absent." }) baselineOutput!: number;
  @Field(() => Float, { description: "By how much the sum of the attributions misses; only by rounding." })
  sumError!: number;
  @Field(() => Int, { description: "Variants of the row that were evaluated and metered." })
  evaluations!: number;
  @Field(() => ModelVersion, { description: "The version that answered." }) version!: ModelVersion;
  @Field(() => Engine, { description: "What computed it." }) engine!: Engine;
}
