import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../../kernel/graphql/enum-of.js";
import { type MeasureName, measureNames } from "../../learning/index.js";

export const EvaluationMetric = enumOf(measureNames);
registerEnumType(EvaluationMetric, {
  name: "EvaluationMetric",
  description: "What is measured on held-out rows.",
  valuesConfig: {
    ACCURACY: { description: "Part of the rows whose label is right." },
    F1: { description: "Mean over the classes." },
    ROC_AREA: { description: "Of the second of two classes, or the mean of each class against the rest." },
    AVERAGE_PRECISION: { description: "Of the same classes as the area." },
    LOSS: { description: "Log loss; less is better." },
    BRIER_SCORE: { description: "Squared distance of probabilities from the truth; less is better." },
    R2: { description: "Coefficient of determination." },
    MEAN_ABSOLUTE_ERROR: { description: "In the target's unit; less is better." },
    ROOT_MEAN_SQUARED_ERROR: { description: "In the target's unit; less is better." },
  },
});

export enum IntervalMethod {
  WILSON = "WILSON",
  BOOTSTRAP = "BOOTSTRAP",
}
registerEnumType(IntervalMethod, {
  name: "IntervalMethod",
  description: "How an interval was found.",
  valuesConfig: {
    WILSON: { description: "Wilson's score interval of a share." },
    BOOTSTRAP: { description: "Percentiles over resamples of the rows, drawn by the training's seed." },
  },
});

@ObjectType({ description: "A metric, and within which its true value lies with a confidence of 95 %." })
export class MetricInterval {
  @Field(() => EvaluationMetric) metric!: MeasureName;
  @Field(() => Float) value!: number;
  @Field(() => Float) lower!: number;
  @Field(() => Float) upper!: number;
  @Field(() => IntervalMethod) method!: "WILSON" | "BOOTSTRAP";
}

const noThreshold = "Rows at or above it are taken for the class; null at the beginning, where none is.";

@ObjectType({ description: "A point of a ROC curve." })
export class RocPoint {
  @Field(() => Float) falsePositiveRate!: number;
  @Field(() => Float) truePositiveRate!: number;
  @Field(() => Float, { nullable: true, description: noThreshold }) threshold!: number | null;
}

@ObjectType({ description: "A point of a precision-recall curve." })
export class PrecisionRecallPoint {
  @Field(() => Float) recall!: number;
  @Field(() => Float, {
    description: "Mean since the point before, where there are too many points to keep.",
  })
  precision!: number;
  @Field(() => Float, { nullable: true, description: noThreshold }) threshold!: number | null;
}

const curve = "At most 200 points, from none of the rows to all; null for a model of more than 40 classes.";

@ObjectType({ description: "One class against all others." })
export class ClassEvaluation {
  @Field() label!: string;
  @Field(() => Float) precision!: number;
  @Field(() => Float) recall!: number;
  @Field(() => Float) f1!: number;
  @Field(() => Int, { description: "Held-out rows of the class." }) support!: number;
  @Field(() => Float, { nullable: true, description: "Null where all rows are of the class, or none." })
  rocArea!: number | null;
  @Field(() => Float, { nullable: true, description: "Null where no row is of the class." })
  averagePrecision!: number | null;
  @Field(() => [RocPoint], { nullable: true, description: curve }) roc!: RocPoint[] | null;
  @Field(() => [PrecisionRecallPoint], { nullable: true, description: curve })
  precisionRecall!: PrecisionRecallPoint[] | null;
}

@ObjectType({ description: "Predictions of about one confidence." })
export class ReliabilityBin {
  @Field(() => Float) from!: number;
  @Field(() => Float) to!: number;
  @Field(() => Int) rows!: number;
  @Field(() => Float, { nullable: true, description: "Mean; null without rows." }) confidence!: number | null;
  @Field(() => Float, { nullable: true, description: "Part that is right; null without rows." })
  accuracy!: number | null;
}

@ObjectType({ description: "Whether a confidence is how often a label is right." })
export class Calibration {
  @Field(() => [ReliabilityBin], { description: "Ten equal bins of the confidence." })
  bins!: ReliabilityBin[];
  @Field(() => Float, { description: "Mean distance of accuracy from confidence; 0 is best." })
  expectedCalibrationError!: number;
  @Field(() => Float, { description: "Halved for two classes, so that it is of one probability." })
  brierScore!: number;
}

@ObjectType({ description: "The value that a share of the residuals is below." })
export class ResidualQuantile {
  @Field(() => Float) share!: number;
  @Field(() => Float) value!: number;
}

@ObjectType({ description: "How many residuals lie from one value to the next." })
export class ResidualBar {
  @Field(() => Float) from!: number;
  @Field(() => Float) to!: number;
  @Field(() => Int) rows!: number;
}

@ObjectType({ description: "Actual minus predicted values, in the target's unit." })
export class Residuals {
  @Field(() => Float) mean!: number;
  @Field(() => Float, { nullable: true, description: "Of the sample (divided by n − 1); null for one row." })
  standardDeviation!: number | null;
  @Field(() => [ResidualQuantile]) quantiles!: ResidualQuantile[];
  @Field(() => [ResidualBar], { description: "20 bars of equal width, or one where all are equal." })
  histogram!: ResidualBar[];
}
