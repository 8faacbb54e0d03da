import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { SplitPlan } from "./split-plan.type.js";

export enum ChangeKind {
  DATA = "DATA",
  ARCHITECTURE = "ARCHITECTURE",
  HYPERPARAMETERS = "HYPERPARAMETERS",
  CODE = "CODE",
  SEED = "SEED",
}
registerEnumType(ChangeKind, {
  name: "ChangeKind",
  description: "What may differ between a version and its parent.",
  valuesConfig: {
    DATA: { description: "The dataset, the columns that are read, the target, or which rows are held out." },
    ARCHITECTURE: { description: "The layers." },
    HYPERPARAMETERS: { description: "One of the hyperparameters, or the weights to begin with." },
    CODE: { description: "The kernels that computed the weights." },
    SEED: { description: "The seed of the training." },
  },
});

@ObjectType({ description: "Something in which a version differs from its parent." })
export class VersionChange {
  @Field(() => ChangeKind) kind!: ChangeKind;
  @Field({ description: "What it is, e.g. `learningRate`, `dataset` or `inputs`." }) name!: string;
  @Field({ description: "As it was in the parent, in words." }) before!: string;
  @Field({ description: "As it is now, in words." }) after!: string;
}

@ObjectType({ description: "What computed the weights." })
export class Kernels {
  @Field() backend!: string;
  @Field() version!: string;
}

@ObjectType({ description: "How many rows a version was made with." })
export class VersionSplit {
  @Field(() => Int, { description: "Rows that it learnt from." }) train!: number;
  @Field(() => Int, { description: "Rows that its training was watched with." }) validation!: number;
  @Field(() => Int, { description: "Rows that it was measured on and never saw before." }) test!: number;
  @Field(() => Int, { description: "Rows without a target, which were left out." }) dropped!: number;
  @Field(() => SplitPlan, {
    nullable: true,
    description:
      "How the rows to measure it on were chosen. Null is every fourth row, of a time series the last quarter.",
  })
  plan?: SplitPlan | null;
}

@ObjectType({ description: "A column of the dataset that a version does not read." })
export class LeftOutColumn {
  @Field() column!: string;
  @Field() reason!: string;
}
