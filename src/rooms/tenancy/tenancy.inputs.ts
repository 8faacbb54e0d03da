import { IsOptional, Matches } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { IsDisplayName } from "../../kernel/graphql/display-name.js";
import { IsDomain } from "./custom-domain.js";
import { Plan } from "./plan.js";
import { Tenant } from "./tenant.entity.js";

/** Lower-case letters, digits and inner hyphens: what a DNS label allows (RFC 1123), so that a slug can be a host. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

@InputType({ description: "What is left out stays; null removes the domain and leaves the rest." })
export class UpdateTenantInput {
  @Field(() => ID, { description: "The tenant to change." }) id!: string;
  @Field(() => String, { nullable: true, description: "1 to 200 visible characters." })
  @IsOptional()
  @IsDisplayName()
  name?: string | null;
  @Field(() => Plan, { nullable: true, description: "Its limits count from then on." }) plan?: Plan | null;
  @Field(() => String, {
    nullable: true,
    description: "Kept as hosts are sent: lower case, other scripts in ASCII. Null removes it.",
  })
  @IsOptional()
  @IsDomain()
  customDomain?: string | null;
}

@InputType({ description: "Which tenant." })
export class TenantInput {
  @Field(() => ID, { description: "The id of the tenant." }) id!: string;
}

@InputType({ description: "Which tenant, said twice." })
export class DeleteTenantInput {
  @Field(() => ID, { description: "The id of the tenant." }) id!: string;
  @Field({ description: "The tenant's slug once more, so that no other is deleted by mistake." })
  @Matches(slugPattern, { message: "slug: use 1 to 63 lower-case letters, digits and inner hyphens" })
  slug!: string;
}

@ObjectType({ description: "The tenant as changed." })
export class TenantPayload {
  @Field(() => Tenant) tenant!: Tenant;
}
