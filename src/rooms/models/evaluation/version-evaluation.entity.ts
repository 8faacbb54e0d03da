import { Field, Float, Int, ObjectType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Calibration, ClassEvaluation, MetricInterval, Residuals } from "./evaluation.type.js";

/** A table of its own: hundreds of points, which nobody wants to read who only looks for the version that answers. */
@Entity({ name: "version_evaluation" })
@ObjectType("ModelEvaluation", {
  description: "How good a version is on rows that training never saw, and how sure that is.",
})
export class VersionEvaluation {
  /** The version's. */
  @PrimaryColumn("text")
  id!: string;

  @Field(() => Int, { description: "How many rows it was measured on." })
  @Column("integer")
  rows!: number;

  @Field(() => Int, { description: "Resamples behind each interval of the bootstrap." })
  @Column("integer")
  resamples!: number;

  @Field(() => Float, {
    nullable: true,
    description: "Of the second of two classes, or the mean of each class against the rest.",
  })
  @Column("double precision", { nullable: true })
  rocArea!: number | null;

  @Field(() => Float, { nullable: true, description: "Of the same classes as the area." })
  @Column("double precision", { nullable: true })
  averagePrecision!: number | null;

  @Field(() => [MetricInterval], {
    description: "None for a metric that too few rows, or resamples, say anything about.",
  })
  @Column("jsonb")
  intervals!: MetricInterval[];

  @Field(() => [ClassEvaluation], {
    nullable: true,
    description: "In the signature's order; null for a regression.",
  })
  @Column("jsonb", { nullable: true })
  classes!: ClassEvaluation[] | null;

  @Field(() => Calibration, { nullable: true, description: "Null for a regression." })
  @Column("jsonb", { nullable: true })
  calibration!: Calibration | null;

  @Field(() => Residuals, { nullable: true, description: "Null for a classification." })
  @Column("jsonb", { nullable: true })
  residuals!: Residuals | null;
}
