import { IsDisplayName } from "../../kernel/graphql/display-name.js";
import { IsOptional, Matches } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { IsDomain } from "./custom-domain.js";
import { Plan } from "./plan.js";
import { Tenant } from "./tenant.entity.js";

/** Lower-case letters, digits and inner hyphens: what a DNS label allows (RFC 1123), so that a slug can be a host. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

@InputType()
export class UpdateTenantInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) @IsOptional() @IsDisplayName() name?: string | null;
  @Field(() => Plan, { nullable: true }) plan?: Plan | null;
  @Field(() => String, {
    nullable: true,
    description: "Kept as hosts are sent: lower case, other scripts in ASCII. Null removes it.",
  })
  @IsOptional()
  @IsDomain()
  customDomain?: string | null;
}

@InputType()
export class TenantInput {
  @Field(() => ID) id!: string;
}

@InputType()
export class DeleteTenantInput {
  @Field(() => ID) id!: string;
  @Field({ description: "The tenant's slug once more, so that no other is deleted by mistake." })
  @Matches(slugPattern)
  slug!: string;
}

@ObjectType()
export class TenantPayload {
  @Field(() => Tenant) tenant!: Tenant;
}
