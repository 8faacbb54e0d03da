import { Field, Float, Int, ObjectType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";

/** A table of its own, so that an epoch costs the same after a thousand others. Rows are written by a statement. */
@Entity({ name: "training_epoch" })
@ObjectType({
  description: "One epoch of a training, with its losses in the units of `TrainingProgress`.",
})
export class TrainingEpoch {
  /** The job's and the epoch's number: the same epoch has one row, however often a job is resumed. */
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  jobId!: string;

  @Field(() => Int, { description: "From 1." })
  @Column("integer")
  epoch!: number;

  @Field(() => Float, { description: "Mean over the rows learnt from, as they came." })
  @Column("double precision")
  loss!: number;

  @Field(() => Float, { nullable: true, description: "Null where no classes are learnt." })
  @Column("double precision", { nullable: true })
  accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: "Null without rows held out for watching." })
  @Column("double precision", { nullable: true })
  valLoss!: number | null;

  @Field(() => Float, { nullable: true, description: "Of the same rows." })
  @Column("double precision", { nullable: true })
  valAccuracy!: number | null;

  @Field(() => Int, { description: "Waiting for a process or a database is not in it." })
  @Column("integer")
  durationMs!: number;
}
