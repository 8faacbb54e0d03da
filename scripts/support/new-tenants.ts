import type { App } from "../../src/app.js";
import { system } from "../../src/kernel/context.js";
import { requestContext } from "../../src/kernel/request-context.js";
import { hashPassword } from "../../src/rooms/identity/index.js";
import { Plan } from "../../src/rooms/tenancy/index.js";

const origin = { requestId: "bench", ip: null, userAgent: null, idempotencyKey: null, baseUrl: "" };

/** What `createTenant` does, less the hashing of the owner's password: one is hashed for all of them beforehand. */
export async function newTenants({ kernel, house }: App): Promise<(slug: string) => Promise<void>> {
  const passwordHash = await hashPassword("plain vanilla ice cream");
  return async (slug) => {
    const context = requestContext(kernel, origin, { viewer: system, tenant: null, persistedOnly: false });
    await house.tenancy.provision(context, { slug, name: slug, plan: Plan.CUSTOM }, (work) =>
      house.identity.users.createOwner(work, { email: `owner@${slug}.test`, name: slug, passwordHash }),
    );
  };
}
