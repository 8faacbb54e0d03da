import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { Plan } from "./plan.js";

export enum TenantStatus {
  ACTIVE = "ACTIVE",
  SUSPENDED = "SUSPENDED",
  DELETING = "DELETING",
  DELETED = "DELETED",
}
registerEnumType(TenantStatus, {
  name: "TenantStatus",
  description:
    "DELETING can be restored until `purgeAt`; afterwards schema, role and key are gone (DELETED).",
  valuesConfig: {
    ACTIVE: { description: "Served." },
    SUSPENDED: { description: "Refused until it is resumed." },
    DELETING: { description: "Refused, and deleted for good at `purgeAt` unless resumed." },
    DELETED: { description: "Gone." },
  },
});

@Entity({ name: "tenant", schema: "control" })
@ObjectType({
  implements: Node,
  description: "An organisation, with a schema, a role, a key and a plan of its own.",
})
export class Tenant implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Field({ description: "Names the tenant in hosts and in the header x-tenant." })
  @Column("text")
  slug!: string;

  @Field()
  @Column("text")
  name!: string;

  @Field(() => Plan)
  @Column("text")
  plan!: Plan;

  @Field(() => TenantStatus)
  @Column("text")
  status!: TenantStatus;

  @Column("text")
  schemaName!: string;

  /** The tenant's key under the master key; null once it was destroyed. */
  @Column("bytea", { nullable: true })
  wrappedKey!: Buffer | null;

  @Field({ description: "Whether only registered operations are allowed." })
  @Column("boolean")
  persistedOnly!: boolean;

  @Field(() => String, { nullable: true, description: "A host name that leads to this tenant." })
  @Column("text", { nullable: true })
  customDomain!: string | null;

  @Field(() => Date, { nullable: true, description: "When a deletion becomes final." })
  @Column("timestamptz", { nullable: true })
  purgeAt!: Date | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field()
  @Column("timestamptz")
  updatedAt!: Date;
}
