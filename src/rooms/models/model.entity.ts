import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { storedArchitecture } from "./architecture.stored.js";
import { ArchitectureInput } from "./architecture.type.js";
import { SeriesInput } from "./series.type.js";

export enum ModelType {
  CLASSIFICATION = "CLASSIFICATION",
  REGRESSION = "REGRESSION",
  TEXT_CLASSIFICATION = "TEXT_CLASSIFICATION",
  SENTIMENT = "SENTIMENT",
  IMAGE = "IMAGE",
  TIME_SERIES = "TIME_SERIES",
  CLUSTERING = "CLUSTERING",
  TEXT_GENERATION = "TEXT_GENERATION",
}
registerEnumType(ModelType, {
  name: "ModelType",
  description: "What is predicted, and from what.",
  valuesConfig: {
    CLASSIFICATION: { description: "One of the classes of the target." },
    REGRESSION: { description: "A number." },
    TEXT_CLASSIFICATION: { description: "One of the classes of the target, from one column of free text." },
    SENTIMENT: {
      description:
        "As TEXT_CLASSIFICATION. Where all classes are named negative (neg), neutral (neu) or positive (pos), a prediction's `value` is the sentiment from -1 to 1.",
    },
    TEXT_GENERATION: {
      description:
        "How a text goes on, learnt from one column of texts. Such a model has no target; `generateText` and `textGeneration` write with it.",
    },
    IMAGE: {
      description:
        'One of the labels of an archive of images. A row to predict for is `{ "image": … }`: a PNG or JPEG as base64 or as a data URL.',
    },
    TIME_SERIES: {
      description:
        "The next values of a column of numbers, whose rows are in the order of time. To predict, send the latest rows, the oldest first: each prediction is one step further ahead.",
    },
    CLUSTERING: {
      description:
        "One of the clusters that training finds without a target, `1` being the largest; the confidence is how surely the row belongs to it.",
    },
  },
});

@Entity({ name: "model" })
@ObjectType({
  implements: Node,
  description: "A named thing to predict with; it has versions and deployments.",
})
export class Model implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Field()
  @Column("text")
  name!: string;

  @Field(() => ModelType)
  @Column("text")
  type!: ModelType;

  @Field(() => String, {
    nullable: true,
    description: "The column to predict; null is the dataset's last, for a CLUSTERING none.",
  })
  @Column("text", { nullable: true })
  target!: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "The columns to predict from; null is all but the target.",
  })
  @Column("text", { array: true, nullable: true })
  features!: string[] | null;

  @Field(() => ArchitectureInput, { nullable: true, description: "Null is one that suits the data." })
  @Column("jsonb", { nullable: true, transformer: storedArchitecture })
  architecture!: ArchitectureInput | null;

  @Field(() => SeriesInput, {
    nullable: true,
    description: "For TIME_SERIES alone; null is what suits the data.",
  })
  @Column("jsonb", { nullable: true })
  series!: SeriesInput | null;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field()
  @Column("timestamptz")
  updatedAt!: Date;
}
