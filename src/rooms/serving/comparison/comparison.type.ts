import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsOptional, Matches } from "class-validator";
import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { Dataset } from "../../datasets/index.js";
import type { MeasureName } from "../../learning/index.js";
import { EvaluationMetric, ModelMetrics, ModelVersion } from "../../models/index.js";

@InputType({ description: "Which two versions of which model, and on what." })
export class CompareVersionsInput {
  @Field(() => ID, { description: "The id of the model." }) modelId!: string;
  @Field(() => [String], { description: "The numbers of two different versions, e.g. `1.0.0` and `1.1.0`." })
  @ArrayMinSize(2)
  @ArrayMaxSize(2)
  @ArrayUnique()
  @Matches(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, { each: true, message: "Write three numbers each, such as 1.0.0." })
  versions!: string[];

  @Field(() => ID, {
    nullable: true,
    description:
      "Whose held-out rows both are measured on. Default: the dataset that both were trained on. Where a version was trained on another, each row is predicted anew and metered.",
  })
  @IsOptional()
  datasetId?: string | null;
}

@ObjectType({ description: "A metric of both versions on the same rows." })
export class MetricDifference {
  @Field(() => EvaluationMetric) metric!: MeasureName;
  @Field(() => Float) first!: number;
  @Field(() => Float) second!: number;
  @Field(() => Float, { description: "Second minus first." }) difference!: number;
  @Field(() => Float, {
    nullable: true,
    description: "95 % interval of the difference, by a bootstrap of the pairs; null where too few rows say.",
  })
  lower!: number | null;
  @Field(() => Float, { nullable: true, description: "See `lower`." }) upper!: number | null;
}

@ObjectType({ description: "McNemar's test on the rows that just one version has right." })
export class McNemarTest {
  @Field(() => Int) onlyFirst!: number;
  @Field(() => Int) onlySecond!: number;
  @Field(() => Float, {
    description: "Two-sided and exact: how likely chance alone makes such a difference.",
  })
  pValue!: number;
}

@ObjectType({ description: "Two versions on the same rows, which neither was trained on." })
export class VersionComparison {
  @Field(() => ModelVersion) first!: ModelVersion;
  @Field(() => ModelVersion) second!: ModelVersion;
  @Field(() => Dataset, { nullable: true, description: "Whose rows they are; null where it was deleted." })
  dataset!: Dataset | null;
  @Field(() => Int, { description: "How many rows both were measured on." }) rows!: number;
  @Field(() => Int, { description: "Resamples behind each interval." }) resamples!: number;
  @Field(() => Int, { description: "Predictions that were made, and metered, for the comparison." })
  predictions!: number;
  @Field(() => [MetricDifference]) differences!: MetricDifference[];
  @Field(() => McNemarTest, { nullable: true, description: "Null for a regression." })
  mcnemar!: McNemarTest | null;
  @Field(() => ModelMetrics, { description: "With the confusion, on these rows." })
  firstMetrics!: ModelMetrics;
  @Field(() => ModelMetrics, { description: "With the confusion, on these rows." })
  secondMetrics!: ModelMetrics;
  @Field(() => ModelVersion, { nullable: true, description: "By `decidedBy`; null where both are equal." })
  better!: ModelVersion | null;
  @Field({
    description:
      "Whether the interval of that difference excludes zero, and for classes McNemar's test gives less than 0.05.",
  })
  certain!: boolean;
  @Field(() => EvaluationMetric, {
    description: "ACCURACY for classes, ROOT_MEAN_SQUARED_ERROR for numbers.",
  })
  decidedBy!: MeasureName;
}

@ObjectType({ description: "What the comparison found." })
export class CompareVersionsPayload {
  @Field(() => VersionComparison) comparison!: VersionComparison;
}
