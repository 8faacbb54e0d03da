import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { type DatasetWarning, WarningCode } from "./analysis/index.js";

registerEnumType(WarningCode, {
  name: "DatasetWarningCode",
  description: "What can be wrong with a dataset that reads well.",
  valuesConfig: {
    REPEATS_TARGET: { description: "A column is the target in other words: a leak." },
    DETERMINES_TARGET: { description: "Every value of a column goes with one value of the target only." },
    REPEATS_COLUMN: { description: "A column is equal to another in every row." },
    CONSTANT_COLUMN: { description: "A column has one value in all rows, or none." },
    NEARLY_UNIQUE: { description: "A column is different in nearly every row, as an identifier is." },
    NOT_ALL_NUMBERS: {
      description:
        "A column holds numbers but for a few values, and so counts as one of texts or categories.",
    },
    DUPLICATE_ROWS: { description: "Rows repeat earlier rows in every column." },
    DUPLICATES_ACROSS_SPLIT: {
      description: "Of those, rows repeat one of the other part of the default split.",
    },
    DUPLICATE_IMAGES: { description: "Images repeat earlier ones, byte by byte." },
    CONFLICTING_LABELS: { description: "An image is there twice, with different labels." },
  },
});

@ObjectType("DatasetWarning", {
  description: "What makes a model look better than it is, or teaches it nothing.",
})
export class WarningType implements DatasetWarning {
  @Field(() => WarningCode) code!: WarningCode;
  @Field(() => String, { nullable: true, description: "The column concerned; null where it is whole rows." })
  column!: string | null;
  @Field({ description: "What was found, and what to do." }) message!: string;
  @Field(() => Int, { nullable: true, description: "How many rows it concerns; null where that is all." })
  rows!: number | null;
}
