import { Field, ObjectType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";

@Entity({ name: "api_key" })
@ObjectType({ implements: Node, description: "Credentials for automation, with scopes of its own." })
export class ApiKey implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Field()
  @Column("text")
  name!: string;

  /** SHA-256 of the secret, which has 256 random bits and so needs no slow hash. */
  @Column("text")
  secretHash!: string;

  @Field(() => [String], { description: "The permissions it has, e.g. `prediction:create`." })
  @Column("text", { array: true })
  scopes!: string[];

  @Field({ description: "Whether it may send registered operations only." })
  @Column("boolean")
  persistedOnly!: boolean;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: "Null is never." })
  @Column("timestamptz", { nullable: true })
  expiresAt!: Date | null;

  @Field(() => Date, { nullable: true })
  @Column("timestamptz", { nullable: true })
  revokedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: "To the minute." })
  @Column("timestamptz", { nullable: true })
  lastUsedAt!: Date | null;
}
