import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";

/** The values are what graphql-js calls them. */
export enum OperationKind {
  QUERY = "query",
  MUTATION = "mutation",
  SUBSCRIPTION = "subscription",
}
registerEnumType(OperationKind, {
  name: "OperationKind",
  description: "What an operation does: reads, changes, or goes on telling.",
  valuesConfig: {
    QUERY: { description: "Reads." },
    MUTATION: { description: "Changes." },
    SUBSCRIPTION: { description: "Goes on telling." },
  },
});

/** Never changed once it is there: another text has another hash. */
@Entity("persisted_operation")
@ObjectType({
  implements: Node,
  description: "A document that may be run by its hash: checked and priced when it was registered.",
})
export class PersistedOperation implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Field({
    description: "`sha256:` and the SHA-256 of the exact text in hexadecimal; send it as `documentId`.",
  })
  @Column("text")
  hash!: string;

  @Field(() => String, {
    nullable: true,
    description: "The operation's name in the document; null for one without.",
  })
  @Column("text", { nullable: true })
  name!: string | null;

  @Field(() => OperationKind)
  @Column("text")
  kind!: OperationKind;

  @Field({ description: "The text exactly as it was registered." })
  @Column("text")
  document!: string;

  @Field(() => Int, {
    description: "With its variables' defaults; each request is priced again with its own.",
  })
  @Column("integer")
  cost!: number;

  @Field(() => [String], {
    description: "What one must hold to run it. Who lacks any is refused before any of it runs.",
  })
  @Column("text", { array: true })
  permissions!: string[];

  @Field(() => ID, { nullable: true, description: "The user or API key that registered it." })
  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;
}
