import { IsOptional, Length } from "class-validator";
import { Field, InputType, Int, ObjectType } from "type-graphql";
import { Within } from "../../kernel/graphql/within.js";
import { rangeText } from "../../kernel/range.js";
import { type SeriesChoice, seriesLimits } from "../learning/index.js";

const { window, horizon, season } = seriesLimits;

@InputType({
  description: "How a time series is read and forecast. What is left out is chosen to suit the data.",
})
@ObjectType("SeriesSettings", { description: "What was asked for; null is what suits the data." })
export class SeriesInput implements SeriesChoice {
  @Field(() => String, {
    nullable: true,
    description:
      "The column of times, which must ascend: dates such as `2024-01-31`, or numbers. Default: the column of dates, if there is one.",
  })
  @IsOptional()
  @Length(1, 128)
  timeColumn?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `Observations that a forecast is made from, ${rangeText(window)}. Default: two seasons, or four horizons.`,
  })
  @IsOptional()
  @Within(window)
  window?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `Steps ahead, ${rangeText(horizon)}. Default: a season, 7 of a long one, 6 without.`,
  })
  @IsOptional()
  @Within(horizon)
  horizon?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `Rows until the pattern repeats, ${rangeText(season)}; 1 is none. Default: by the autocorrelation of the training rows.`,
  })
  @IsOptional()
  @Within(season)
  season?: number | null;
}
