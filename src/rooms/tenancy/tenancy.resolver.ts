import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import { badInput } from "../../kernel/errors.js";
import { Connection, type Declared } from "../../kernel/graphql/reads/declare.js";
import { asHost } from "./custom-domain.js";
import { DeleteTenantInput, TenantInput, TenantPayload, UpdateTenantInput } from "./tenancy.inputs.js";
import type { TenancyService } from "./tenancy.service.js";
import { Tenant, TenantStatus } from "./tenant.entity.js";

@Resolver()
export class TenancyResolver {
  constructor(private readonly tenancy: TenancyService) {}

  @Query(() => Tenant, { description: "The tenant of this request." })
  tenant(@Ctx() context: TenantContext): Promise<Tenant> {
    return this.tenancy.find(context, { id: context.tenant.id });
  }

  @Connection(Tenant, { description: "All tenants; for the operator." })
  readonly tenants!: Declared;

  @Query(() => Tenant, { description: "One tenant by exactly one of these; for the operator." })
  findTenant(
    @Ctx() context: RequestContext,
    @Arg("id", () => ID, { nullable: true }) id?: string,
    @Arg("slug", () => String, { nullable: true }) slug?: string,
    @Arg("customDomain", () => String, { nullable: true }) customDomain?: string,
  ): Promise<Tenant> {
    const given = Object.entries({ id, slug, customDomain }).filter(([, value]) => typeof value === "string");
    if (given.length !== 1) throw badInput("id", "Give exactly one of id, slug and customDomain.");
    const [[property, value] = ["id", ""]] = given;
    // Looked for as it is kept; what is no domain is nobody's.
    const wanted = property === "customDomain" ? (asHost(value ?? "") ?? "") : value;
    return this.tenancy.find(context, { [property]: wanted } as { id: string });
  }

  @Mutation(() => TenantPayload, { description: "Changes name, plan or domain; for the operator." })
  async updateTenant(
    @Ctx() context: RequestContext,
    @Arg("input") input: UpdateTenantInput,
  ): Promise<TenantPayload> {
    return { tenant: await this.tenancy.update(context, input) };
  }

  @Mutation(() => TenantPayload, { description: "Refuses every request of the tenant until it is resumed." })
  async suspendTenant(
    @Ctx() context: RequestContext,
    @Arg("input") { id }: TenantInput,
  ): Promise<TenantPayload> {
    return { tenant: await this.tenancy.setStatus(context, "tenant.suspend", id, TenantStatus.SUSPENDED) };
  }

  @Mutation(() => TenantPayload, { description: "Ends a suspension, or a deletion that is not final yet." })
  async resumeTenant(
    @Ctx() context: RequestContext,
    @Arg("input") { id }: TenantInput,
  ): Promise<TenantPayload> {
    return { tenant: await this.tenancy.setStatus(context, "tenant.resume", id, TenantStatus.ACTIVE) };
  }

  @Mutation(() => TenantPayload, {
    description: "Refuses requests at once; drops schema, role and key at `purgeAt`.",
  })
  async deleteTenant(
    @Ctx() context: RequestContext,
    @Arg("input") input: DeleteTenantInput,
  ): Promise<TenantPayload> {
    return { tenant: await this.tenancy.delete(context, input) };
  }
}
