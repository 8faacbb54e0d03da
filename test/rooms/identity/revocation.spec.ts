import { expect } from "chai";
import { clock } from "../../../src/kernel/clock.js";
import { Revocations } from "../../../src/rooms/identity/revocations.js";
import { lifetimes } from "../../../src/rooms/identity/tokens.js";
import type { Client } from "../../support/client.js";
import {
  deactivateUser,
  refreshSession,
  revokeApiKey,
  revokeSession,
  signOut,
  suspendTenant,
  updateUser,
} from "../../support/operations.js";
import { eventually, hours, later } from "../../support/time.js";
import { ownerPassword, World } from "../../support/world.js";

const whoAmI = "{ viewer { id roles } }";
const sessions = "{ sessions { nodes { id userAgent createdAt expiresAt } totalCount } }";

describe("revocation", () => {
  let world: World;
  let other: World;
  before(async () => {
    world = await World.start();
    other = await World.start({ role: "api" }, world);
  });
  after(async () => {
    await other.stop();
    await world.stop();
  });

  /** The same credentials at the second process. */
  const there = (client: Client): Client => other.anonymous().with({ ...client.headers });

  it("of a session by sign-out closes its sockets in every process, and no others", async () => {
    const { owner, slug } = await world.tenant("leaving-all");
    const second = await world.anonymous(slug).signIn("owner@leaving-all.test", ownerPassword);
    const [near, far, kept] = [await owner.open(), await there(owner).open(), await there(second).open()];
    await owner.get(signOut);
    expect((await near.ended).code).to.equal(4403);
    expect((await far.ended).code).to.equal(4403);
    await eventually(async () => (await there(owner).send(whoAmI)).errors !== undefined);
    for (const client of [owner, there(owner)]) {
      expect(await client.send(whoAmI)).to.failWith("UNAUTHENTICATED");
      await client.open().then(
        () => expect.fail("a socket was let in"),
        (error: Error) => expect(error.message).to.contain("4403"),
      );
    }
    expect(await there(second).send(whoAmI)).to.succeed();
    await kept.socket.dispose();
  });

  it("ends one of several sessions, or all, and never another person's", async () => {
    const tenant = await world.tenant("several");
    const [first, second] = [
      tenant.owner,
      await world.anonymous("several").signIn("owner@several.test", ownerPassword),
    ];
    const stranger = await tenant.person("OWNER");
    const listed = await first.get(sessions);
    expect(listed.sessions.totalCount).to.equal(2);
    const [newest] = listed.sessions.nodes;
    const foreign = await stranger.get(revokeSession, { input: { id: newest.id } });
    expect(foreign.revokeSession.revokedSessionIds).to.deep.equal([]);
    const ended = await first.get(revokeSession, { input: { id: newest.id } });
    expect(ended.revokeSession.revokedSessionIds).to.deep.equal([newest.id]);
    expect(await second.send(whoAmI)).to.failWith("UNAUTHENTICATED");
    const all = await first.get("mutation { revokeAllSessions { revokedSessionIds } }");
    expect(all.revokeAllSessions.revokedSessionIds).to.have.length(1);
    expect(await first.send(whoAmI)).to.failWith("UNAUTHENTICATED");
    expect(await stranger.send(whoAmI)).to.succeed();
  });

  it("of a role takes effect at once: the old token is refused, the refreshed one says the new role", async () => {
    const { owner, person } = await world.tenant("demoting");
    const admin = await person("ADMIN");
    const { viewer } = await admin.get(whoAmI);
    const { ended } = await there(admin).open();
    await owner.get(updateUser, { input: { id: viewer.id, role: "VIEWER" } });
    expect(await admin.send(whoAmI)).to.failWith("UNAUTHENTICATED");
    expect((await ended).code).to.equal(4403);
    expect(await there(admin).send(whoAmI)).to.failWith("UNAUTHENTICATED");
    const input = { refreshToken: admin.tokens?.refreshToken };
    const { refreshSession: fresh } = await other.anonymous().get(refreshSession, { input });
    const now = world.anonymous().bearing(fresh.accessToken);
    expect((await now.get(whoAmI)).viewer.roles).to.deep.equal(["VIEWER"]);
    expect(await now.send("{ apiKeys { nodes { id } } }")).to.failWith("FORBIDDEN");
  });

  it("of an account ends its sessions, also the refresh tokens, and its keys", async () => {
    const { owner, person } = await world.tenant("firing");
    const admin = await person("ADMIN");
    const { viewer } = await admin.get(whoAmI);
    const made = await admin.get(
      'mutation { createApiKey(input: { name: "k", scopes: ["model:read", "apiKey:create"] }) { secret } }',
    );
    const key = world.anonymous().bearing(made.createApiKey.secret);
    const child = await key.get(
      'mutation { createApiKey(input: { name: "c", scopes: ["model:read"] }) { secret } }',
    );
    const grandchild = world.anonymous().bearing(child.createApiKey.secret);
    for (const client of [key, grandchild, there(key)]) expect(await client.send(whoAmI)).to.succeed();
    await owner.get(deactivateUser, { input: { id: viewer.id } });
    await eventually(async () => (await there(key).send(whoAmI)).errors !== undefined);
    for (const client of [admin, key, grandchild])
      expect(await client.send(whoAmI)).to.failWith("UNAUTHENTICATED");
    const input = { refreshToken: admin.tokens?.refreshToken };
    expect(await world.anonymous().send(refreshSession, { input })).to.failWith("UNAUTHENTICATED");
  });

  it("of an API key is honoured by a process that has just used it", async () => {
    const { owner, apiKey } = await world.tenant("rekeying");
    const key = await apiKey(["model:read", "apiKey:read"]);
    expect(await there(key).send(whoAmI)).to.succeed();
    const { ended } = await there(key).open();
    const { viewer } = await key.get(whoAmI);
    const { revokeApiKey: revoked } = await owner.get(revokeApiKey, { input: { id: viewer.id } });
    expect(revoked.apiKey.revokedAt).to.be.a("string");
    expect((await ended).code).to.equal(4403);
    for (const client of [key, there(key)]) expect(await client.send(whoAmI)).to.failWith("UNAUTHENTICATED");
    const again = await owner.get(revokeApiKey, { input: { id: viewer.id } });
    expect(again.revokeApiKey.apiKey.revokedAt).to.equal(revoked.apiKey.revokedAt);
  });

  it("of a tenant's service counts in the other process too", async () => {
    const { id, owner } = await world.tenant("stopped");
    expect(await there(owner).send(whoAmI)).to.succeed();
    const { ended } = await there(owner).open();
    const operator = await world.operator();
    const neighbours = [(await world.tenant("going-on")).owner, operator];
    const untouched = await Promise.all(neighbours.map((client) => there(client).open()));
    let closed = 0;
    for (const socket of untouched) void socket.ended.then(() => (closed += 1));
    await operator.get(suspendTenant, { input: { id } });
    expect((await ended).code).to.equal(4403);
    expect(await there(owner).send(whoAmI)).to.failWith("TENANT_SUSPENDED");
    expect(closed).to.equal(0);
    for (const { socket } of untouched) await socket.dispose();
  });

  it("is not missed while no news arrives", async () => {
    const { owner, slug } = await world.tenant("deaf");
    const second = await world.anonymous(slug).signIn("owner@deaf.test", ownerPassword);
    expect(await there(owner).send(whoAmI)).to.succeed();
    await world.admin(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenfold-listen'",
    );
    await owner.get(signOut);
    expect(await there(owner).send(whoAmI)).to.failWith("UNAUTHENTICATED");
    await eventually(
      () => other.app.kernel.notifications.connected && world.app.kernel.notifications.connected,
    );
    expect(await there(owner).send(whoAmI)).to.failWith("UNAUTHENTICATED");
    expect(await there(second).send(whoAmI)).to.succeed();
  });

  it("is kept in memory for as long as a credential can outlive it, and no longer", async () => {
    const { control, notifications } = world.app.kernel;
    const revocations = new Revocations(control, notifications);
    await eventually(() => notifications.connected);
    const issuedAt = clock.now();
    const isRevoked = () => revocations.includes({ id: null, sessionId: "session_old", issuedAt });
    revocations.enter("session_old", issuedAt.getTime());
    await later(lifetimes.accessMs, async () => {
      revocations.enter("session_new", clock.now().getTime());
      expect(await isRevoked()).to.equal(true);
    });
    await later(hours(2), async () => {
      revocations.enter("session_last", clock.now().getTime());
      expect(await isRevoked()).to.equal(false);
    });
  });

  it("of the operator's session ends it", async () => {
    const operator = await world.operator();
    expect(await operator.get(signOut)).to.deep.equal({ signOut: { signedOut: true } });
    expect(await operator.send("{ tenants { totalCount } }")).to.failWith("UNAUTHENTICATED");
    await eventually(async () => (await there(operator).send(whoAmI)).errors !== undefined);
  });
});
