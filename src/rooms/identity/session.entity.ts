import { Field, ObjectType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";

@Entity({ name: "session" })
@ObjectType({ implements: Node, description: "A signed-in device, from sign-in to sign-out." })
export class Session implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  accountId!: string;

  /** How often the refresh token was rotated; an older one presented again means that it was stolen. */
  @Column("integer")
  rotation!: number;

  @Field(() => String, { nullable: true })
  @Column("text", { nullable: true })
  ip!: string | null;

  @Field(() => String, { nullable: true })
  @Column("text", { nullable: true })
  userAgent!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field()
  @Column("timestamptz")
  lastUsedAt!: Date;

  @Field({ description: "When signing in again is due, however active the session is." })
  @Column("timestamptz")
  expiresAt!: Date;

  @Column("timestamptz", { nullable: true })
  revokedAt!: Date | null;
}
