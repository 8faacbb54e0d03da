import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { Environment } from "./deployment.entity.js";

export enum DeploymentChangeKind {
  DEPLOYED = "DEPLOYED",
  ROLLED_BACK = "ROLLED_BACK",
  UNDEPLOYED = "UNDEPLOYED",
  CANARY = "CANARY",
}
registerEnumType(DeploymentChangeKind, {
  name: "DeploymentChangeKind",
  description: "What happened to a deployment.",
  valuesConfig: {
    DEPLOYED: { description: "The version was chosen." },
    ROLLED_BACK: { description: "The version had been deployed before, and was put back." },
    UNDEPLOYED: { description: "Nothing answers from then on." },
    CANARY: { description: "The version answers a part of the requests, beside the one deployed." },
  },
});

/** Never changed once written; see 0011_deployment_history.sql for `previousId`. */
@Entity({ name: "deployment_change" })
@ObjectType({ implements: Node, description: "A change of what answers in an environment." })
export class DeploymentChange implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  @Field(() => Environment)
  @Column("text")
  environment!: Environment;

  @Field(() => DeploymentChangeKind)
  @Column("text")
  kind!: DeploymentChangeKind;

  @Column("text", { nullable: true })
  versionId!: string | null;

  @Field(() => Int, { nullable: true, description: "Of CANARY: percentage of the requests." })
  @Column("integer", { nullable: true })
  trafficPercent!: number | null;

  @Column("text", { nullable: true })
  previousId!: string | null;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field({ description: "When it happened." })
  @Column("timestamptz")
  createdAt!: Date;
}
