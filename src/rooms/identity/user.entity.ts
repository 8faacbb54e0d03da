import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { Role } from "../access/index.js";

export enum UserStatus {
  INVITED = "INVITED",
  ACTIVE = "ACTIVE",
  DEACTIVATED = "DEACTIVATED",
}
registerEnumType(UserStatus, {
  name: "UserStatus",
  description: "Only ACTIVE people can sign in; INVITED and ACTIVE take a seat.",
  valuesConfig: {
    INVITED: { description: "Has not accepted yet." },
    ACTIVE: { description: "Can sign in." },
    DEACTIVATED: { description: "Cannot sign in and takes no seat." },
  },
});

@Entity({ name: "user_account" })
@ObjectType({ implements: Node, description: "A person of the tenant." })
export class User implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Field()
  @Column("text")
  email!: string;

  @Field()
  @Column("text")
  name!: string;

  @Field(() => Role)
  @Column("text")
  role!: Role;

  @Field(() => UserStatus)
  @Column("text")
  status!: UserStatus;

  @Column("text", { nullable: true })
  passwordHash!: string | null;

  /** SHA-256 of the open invitation's `jti`, so that each works once. */
  @Column("text", { nullable: true })
  invitationHash!: string | null;

  @Field(() => Date, { nullable: true })
  @Column("timestamptz", { nullable: true })
  invitationExpiresAt!: Date | null;

  @Field(() => Date, { nullable: true })
  @Column("timestamptz", { nullable: true })
  lastActiveAt!: Date | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field()
  @Column("timestamptz")
  updatedAt!: Date;
}
