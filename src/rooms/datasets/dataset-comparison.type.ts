import { Field, Float, Int, ObjectType } from "type-graphql";
import type { ColumnComparison, ColumnSide, TableComparison } from "./analysis/index.js";
import { ColumnType } from "./dataset-column.type.js";
import { Dataset } from "./dataset.entity.js";

@ObjectType("ComparedColumn", { description: "A column in one of two datasets." })
export class ColumnSideType implements ColumnSide {
  @Field(() => ColumnType) statistics!: ColumnType;
  @Field(() => [Float], {
    nullable: true,
    description:
      "Values below which 5, 25, 50, 75 and 95 % lie, from up to 10,000 rows at even distances. Null unless the column holds numbers in both.",
  })
  quantiles!: number[] | null;
}

@ObjectType("ColumnComparison", { description: "A column that both datasets have." })
export class ColumnComparisonType implements ColumnComparison {
  @Field() name!: string;
  @Field(() => ColumnSideType) a!: ColumnSideType;
  @Field(() => ColumnSideType) b!: ColumnSideType;
  @Field() kindChanged!: boolean;
  @Field(() => Float, {
    nullable: true,
    description:
      "Population stability index from a to b: under 0.1 little has changed, from 0.25 on much. Null where the kinds differ, and for texts.",
  })
  drift!: number | null;
}

@ObjectType({ description: "What changed from one dataset to another." })
export class DatasetComparison implements TableComparison {
  @Field(() => Dataset) a!: Dataset;
  @Field(() => Dataset) b!: Dataset;
  @Field(() => [String], { description: "Columns that only b has." }) columnsAdded!: string[];
  @Field(() => [String], { description: "Columns that only a has." }) columnsRemoved!: string[];
  @Field(() => [String], { description: "Columns whose kind is another in b." }) kindsChanged!: string[];
  @Field(() => Int, { description: "Rows of b less rows of a; below 0 where there are fewer." })
  rowsAdded!: number;
  @Field(() => [ColumnComparisonType], { description: "The columns of both, in a's order." })
  columns!: ColumnComparisonType[];
}
