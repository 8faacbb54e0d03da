import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { storedArchitecture } from "./architecture.stored.js";
import { ArchitectureInput } from "./architecture.type.js";

export enum ModelType {
  CLASSIFICATION = "CLASSIFICATION",
  REGRESSION = "REGRESSION",
}
registerEnumType(ModelType, {
  name: "ModelType",
  description: "A class, or a number, is predicted.",
  valuesConfig: {
    CLASSIFICATION: { description: "One of the classes of the target." },
    REGRESSION: { description: "A number." },
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

  @Field(() => String, { nullable: true, description: "The column to predict; null is the dataset's last." })
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

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field()
  @Column("timestamptz")
  updatedAt!: Date;
}
