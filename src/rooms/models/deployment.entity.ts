import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";

export enum Environment {
  DEVELOPMENT = "DEVELOPMENT",
  STAGING = "STAGING",
  PRODUCTION = "PRODUCTION",
}
registerEnumType(Environment, {
  name: "Environment",
  description: "Where a version is deployed.",
  valuesConfig: {
    DEVELOPMENT: { description: "For those who make the model." },
    STAGING: { description: "For trying it out as it would be used." },
    PRODUCTION: { description: "For use; `predict` asks here unless told otherwise." },
  },
});

@Entity({ name: "deployment" })
@ObjectType({ implements: Node, description: "The version of a model that answers in one environment." })
export class Deployment implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  @Field(() => Environment)
  @Column("text")
  environment!: Environment;

  @Column("text")
  versionId!: string;

  @Field(() => Int, {
    description:
      "Serving threads of each process that predict with it side by side: one more as long as those before it are busy.",
  })
  @Column("integer")
  replicas!: number;

  @Column("text", { nullable: true })
  canaryVersionId!: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Percentage of the requests that `canary` answers, drawn request by request; null without one.",
  })
  @Column("integer", { nullable: true })
  canaryPercent!: number | null;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field({ description: "When this version took over." })
  @Column("timestamptz")
  updatedAt!: Date;
}
