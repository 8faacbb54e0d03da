import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import {
  type CategoryCount,
  type ClassShare,
  ColumnKind,
  type ColumnProfile,
  type TargetBalance,
} from "./reading/index.js";

registerEnumType(ColumnKind, {
  name: "ColumnKind",
  description: "What the values of a column are.",
  valuesConfig: {
    NUMBER: { description: "Every value is a number, 0 and 1 too." },
    BOOLEAN: { description: "Every value is true, t, yes, false, f or no, in any case." },
    CATEGORY: { description: "Values repeat, so each can be a class." },
    TEXT: { description: "Too many different values to be classes." },
    EMPTY: { description: "No row has a value." },
  },
});

const onlyOfNumbers = "Null unless the column holds numbers.";
const deviation = "Of the sample (divided by n − 1); null unless the column holds numbers, at least two.";

@ObjectType("DatasetCategory", { description: "A value and how many rows have it." })
export class CategoryType implements CategoryCount {
  @Field() value!: string;
  @Field(() => Int) count!: number;
}

@ObjectType("DatasetColumn", { description: "What is known of one column after a pass over all rows." })
export class ColumnType implements ColumnProfile {
  @Field() name!: string;
  @Field(() => ColumnKind) kind!: ColumnKind;
  @Field(() => Int, { description: "Rows without a value: empty, NA, N/A, NaN, null or ?, in any case." })
  missing!: number;
  @Field(() => Int, { nullable: true, description: "Different values, exact; null beyond 1,000 of them." })
  distinct!: number | null;
  @Field({ description: "Whether there were too many different values to count." })
  distinctExceeded!: boolean;
  @Field({ description: "Whether all values are whole numbers." }) integer!: boolean;
  @Field(() => Float, {
    nullable: true,
    description: onlyOfNumbers,
  })
  minimum!: number | null;
  @Field(() => Float, { nullable: true, description: onlyOfNumbers }) maximum!: number | null;
  @Field(() => Float, { nullable: true, description: onlyOfNumbers }) mean!: number | null;
  @Field(() => Float, { nullable: true, description: deviation }) standardDeviation!: number | null;
  @Field(() => [CategoryType], {
    description: "The most frequent values, at most 50, where they can be classes.",
  })
  categories!: CategoryType[];
  @Field(() => [String], { description: "The first three different values, each cut at 128 characters." })
  examples!: string[];
}

@ObjectType("TargetClass", { description: "A class and its part of the rows that have a target." })
export class ClassType extends CategoryType implements ClassShare {
  @Field(() => Float, { description: "From 0 to 1." }) share!: number;
}

@ObjectType("TargetBalance", { description: "How a column is distributed as a target." })
export class TargetBalanceType implements TargetBalance {
  @Field() column!: string;
  @Field(() => ColumnKind) kind!: ColumnKind;
  @Field(() => Int, { description: "Rows without a target; they can't be learnt from." }) missing!: number;
  @Field(() => [ClassType], {
    nullable: true,
    description: "By descending count; null where there are no classes.",
  })
  classes!: ClassType[] | null;
  @Field({ description: "Whether `classes` holds every class." }) complete!: boolean;
  @Field(() => Float, {
    nullable: true,
    description: "The most frequent class by the rarest; 1 is balanced.",
  })
  imbalanceRatio!: number | null;
  @Field(() => Float, { nullable: true, description: onlyOfNumbers }) minimum!: number | null;
  @Field(() => Float, { nullable: true, description: onlyOfNumbers }) maximum!: number | null;
  @Field(() => Float, { nullable: true, description: onlyOfNumbers }) mean!: number | null;
  @Field(() => Float, { nullable: true, description: deviation }) standardDeviation!: number | null;
}
