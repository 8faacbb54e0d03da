import { allPermissions } from "../../src/rooms/access/index.js";
import type { Client } from "../../test/support/client.js";
import type { TenantOfWorld, World } from "../../test/support/world.js";

/** Somebody who must see nothing of the victim's. */
export interface Attacker {
  readonly name: string;
  /** Whether the registry of tenants, though not their data, is theirs to read. */
  readonly operates: boolean;
  /** New credentials: an operation may end the session it is called in. */
  signIn(): Promise<Client>;
}

const roles = ["OWNER", "ADMIN", "MEMBER", "VIEWER"] as const;

/** One of the tenant's own owners, whose session has ended: nobody, though the signature holds. */
async function signedOut(tenant: TenantOfWorld): Promise<Client> {
  const client = await tenant.person("OWNER");
  await client.get("mutation { signOut { signedOut } }");
  return client.with({ "x-tenant": tenant.slug });
}

/** Every role of another tenant, a key with all its scopes, the operator, nobody; some at the victim's own door. */
export function attackersOf(world: World, attacker: TenantOfWorld, victim: TenantOfWorld): Attacker[] {
  const atVictim = { "x-tenant": victim.slug };
  const make = (name: string, signIn: () => Promise<Client> | Client, operates = false): Attacker => ({
    name,
    operates,
    signIn: async () => signIn(),
  });
  let once: Promise<Client> | undefined;
  return [
    ...roles.map((role) => make(role.toLowerCase(), () => attacker.person(role))),
    make("api key", () => attacker.apiKey(allPermissions)),
    make("anonymous", () => world.anonymous()),
    make("anonymous at attacker", () => world.anonymous(attacker.slug)),
    make("anonymous at victim", () => world.anonymous(victim.slug)),
    make("signed out at victim", () => (once ??= signedOut(victim))),
    make("member at victim", async () => (await attacker.person("MEMBER")).with(atVictim)),
    make("operator", () => world.operator(), true),
    make("operator at victim", async () => (await world.operator()).with(atVictim), true),
  ];
}
