import { Field, Float, Int, ObjectType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import type { FoldResult, LearntSettings as LearntBy, SearchAlgorithm } from "../learning/index.js";
import { ArchitectureInput, storedArchitecture } from "../models/index.js";
import { Hyperparameters, TrainingFailure } from "../training/index.js";
import { AutomlAlgorithm, AutomlTrialStatus } from "./automl-progress.type.js";

@Entity({ name: "automl_trial" })
@ObjectType({ implements: Node, description: "Settings that a search tries." })
export class AutomlTrial implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  runId!: string;

  @Field(() => Int, { description: "From 1, in the order in which they were drawn." })
  @Column("integer")
  number!: number;

  @Field(() => AutomlAlgorithm)
  @Column("text")
  algorithm!: SearchAlgorithm;

  @Field(() => ArchitectureInput, { nullable: true, description: "Null is one that suits the data." })
  @Column("jsonb", { nullable: true, transformer: storedArchitecture })
  architecture!: ArchitectureInput | null;

  @Field(() => Hyperparameters, { description: "Its epochs are those of the last rung." })
  @Column("jsonb")
  hyperparameters!: LearntBy;

  @Field(() => AutomlTrialStatus)
  @Column("text")
  status!: AutomlTrialStatus;

  @Column("jsonb")
  results!: FoldResult[];

  @Field(() => Float, { nullable: true, description: "The best it was measured to be; null until it is." })
  @Column("double precision", { nullable: true })
  score!: number | null;

  @Field(() => Float, { nullable: true, description: "Standard deviation over the folds; null for one." })
  @Column("double precision", { nullable: true })
  deviation!: number | null;

  @Field(() => Int, { description: "Epochs after which it was worth so much; 0 until it is scored." })
  @Column("integer")
  epochs!: number;

  @Field(() => Int, { nullable: true, description: "Of its network; null until it is scored." })
  @Column("integer", { nullable: true })
  parameters!: number | null;

  @Field(() => TrainingFailure, { nullable: true })
  @Column("jsonb", { nullable: true })
  failure!: TrainingFailure | null;

  @Field(() => Float, { description: "Milliseconds of training." })
  @Column("double precision")
  trainedMs!: number;

  @Column("timestamptz")
  createdAt!: Date;
}
