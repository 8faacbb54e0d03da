import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import { type SplitKind as SplitKindName, splitKinds } from "../learning/index.js";

export const SplitKind = enumOf(splitKinds);
registerEnumType(SplitKind, {
  name: "SplitKind",
  description: "Which rows are held out for measuring, and for watching the training.",
  valuesConfig: {
    RANDOM: { description: "Rows drawn alike." },
    STRATIFIED: { description: "The same part of each class, or of each range of a number." },
    TIME: { description: "The last rows by a column of dates (ISO 8601) or numbers." },
    GROUP: { description: "Whole groups by a column, such as all rows of one customer." },
  },
});

@ObjectType({ description: "How the held-out rows were chosen." })
export class SplitPlan {
  @Field(() => SplitKind) kind!: SplitKindName;
  @Field(() => String, { nullable: true, description: "The column of times or groups." })
  column!: string | null;
  @Field(() => Float, { description: "Part of all rows that is held out." }) testFraction!: number;
  @Field(() => Int, { nullable: true, description: "Seed of the draw." }) seed!: number | null;
}
