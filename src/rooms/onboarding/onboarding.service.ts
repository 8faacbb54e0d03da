import type { RequestContext } from "../../kernel/context.js";
import { checkPassword, hashPassword, type User, type UserService } from "../identity/index.js";
import type { Plan, Tenant, TenancyService } from "../tenancy/index.js";

export interface OnboardingInput {
  slug: string;
  name: string;
  plan: Plan;
  owner: { email: string; name: string; password: string };
}

export class OnboardingService {
  constructor(
    private readonly tenancy: TenancyService,
    private readonly users: UserService,
  ) {}

  /** Tenant, schema, key, owner, seat and audit event: one transaction. Throws TENANT_SLUG_TAKEN, BAD_USER_INPUT. */
  async createTenant(
    context: RequestContext,
    input: OnboardingInput,
  ): Promise<{ tenant: Tenant; owner: User }> {
    const { owner, ...newTenant } = input;
    checkPassword("owner.password", owner.password, [owner.email, newTenant.slug, newTenant.name]);
    const passwordHash = await hashPassword(owner.password);
    const { tenant, settled } = await this.tenancy.provision(context, newTenant, (work) =>
      this.users.createOwner(work, { email: owner.email, name: owner.name, passwordHash }),
    );
    return { tenant, owner: settled };
  }
}
