import { clock, newId } from "../../../src/kernel/clock.js";
import { Tokens } from "../../../src/rooms/identity/tokens.js";
import type { TenantOfWorld, World } from "../../../test/support/world.js";

/** Longer than any run: a person's own token ends after a quarter of an hour. */
const validMs = 6 * 3_600_000;

/** An access token as signing in gives it. The user needs no row unless one is asked for. */
export function accessToken(
  world: World,
  tenantId: string,
  userId: string,
  permissions: readonly string[],
): Promise<string> {
  const claims = {
    sub: userId,
    tid: tenantId,
    jti: `${newId("session")}.0`,
    role: "OWNER",
    permissions: [...permissions],
  };
  const expiresAt = new Date(clock.now().getTime() + validMs);
  return new Tokens(world.app.kernel.masterKey).sign("at+jwt", claims, expiresAt);
}

/** Credentials of a tenant's owner, for as long as a run takes. */
export async function ownerHeaders(
  world: World,
  { id, owner }: TenantOfWorld,
): Promise<{ viewerId: string; headers: Record<string, string> }> {
  const { viewer } = await owner.get<{ viewer: { id: string; permissions: string[] } }>(
    "{ viewer { id permissions } }",
  );
  const token = await accessToken(world, id, viewer.id, viewer.permissions);
  return { viewerId: viewer.id, headers: { authorization: `Bearer ${token}` } };
}
