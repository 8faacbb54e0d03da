import { Field, Float, Int, ObjectType } from "type-graphql";
import type { ForecastErrors, ForecastMetrics, StepErrors } from "../../learning/index.js";

@ObjectType("StepErrors", { description: "Errors of the forecasts so many steps ahead." })
export class StepErrorsType implements StepErrors {
  @Field(() => Int, { description: "From 1." }) step!: number;
  @Field(() => Float, { description: "In the target's unit." }) meanAbsoluteError!: number;
  @Field(() => Float, { description: "In the target's unit." }) rootMeanSquaredError!: number;
}

@ObjectType("ForecastErrors", { description: "How far forecasts were from what came." })
export class ForecastErrorsType implements ForecastErrors {
  @Field(() => Float, { description: "In the target's unit." }) meanAbsoluteError!: number;
  @Field(() => Float, { description: "In the target's unit." }) rootMeanSquaredError!: number;
  @Field(() => Float, {
    nullable: true,
    description:
      "MASE: the mean absolute error by that of the value a season before, over the training rows. Null where those repeat exactly.",
  })
  meanAbsoluteScaledError!: number | null;
  @Field(() => Float, {
    nullable: true,
    description: "MAPE as a share: 0.05 is 5 %. Null unless all actual values are positive.",
  })
  meanAbsolutePercentageError!: number | null;
  @Field(() => [StepErrorsType], { description: "One step ahead first." }) steps!: StepErrorsType[];
}

@ObjectType("ForecastMetrics", {
  description: "Forecasts of the held-out rows, beside the two simplest ones at the very same places.",
})
export class ForecastMetricsType implements ForecastMetrics {
  @Field(() => Int, { description: "How many times the future was forecast, each from one row later." })
  forecasts!: number;
  @Field(() => Int, { description: "Steps of each forecast." }) horizon!: number;
  @Field(() => Int, { description: "Rows until the pattern repeats; 1 is none." }) season!: number;
  @Field(() => ForecastErrorsType) model!: ForecastErrorsType;
  @Field(() => ForecastErrorsType, { description: "The last value again, at every step." })
  naive!: ForecastErrorsType;
  @Field(() => ForecastErrorsType, {
    nullable: true,
    description: "The value of a season before; null without a season.",
  })
  seasonalNaive!: ForecastErrorsType | null;
}
