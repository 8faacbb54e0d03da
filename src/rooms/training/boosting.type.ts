import { Field, Float, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "How gradient-boosted trees were grown, as the architecture said." })
export class Boosting {
  @Field(() => Int, { description: "Trees at most: fewer where the epochs were fewer." }) trees!: number;
  @Field(() => Int, { description: "Questions that each asks of a row." }) depth!: number;
  @Field(() => Float, { description: "What was added to the rows of each leaf." }) l2!: number;
  @Field(() => Float, { description: "Share of the rows that each was grown on." }) subsample!: number;
  @Field(() => Float, { description: "Share of the inputs that each might ask about." })
  columnSubsample!: number;
  @Field(() => Float, { description: "Share of an input's borders that were compared for a question." })
  borderSubsample!: number;
}
