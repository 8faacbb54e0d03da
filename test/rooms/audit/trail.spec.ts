import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { makeKey } from "./support.js";

const list = `query ($first: Int, $after: String, $filter: AuditFilter) { auditEvents(first: $first, after: $after, filter: $filter) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { id at action operation actorKind actorId subject before after outcome ip userAgent requestId } } }`;

interface Event {
  id: string;
  at: string;
  action: string;
  operation: string;
  actorKind: string;
  actorId: string | null;
  subject: string | null;
  after: Record<string, unknown> | null;
  outcome: string;
  ip: string;
  userAgent: string;
  requestId: string;
}

interface AuditPage {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: Event[];
}

describe("the audit trail", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("trail");
    for (const name of ["one", "two", "three"]) expect(await makeKey(tenant.owner, name)).to.succeed();
  });
  after(() => world.stop());

  const events = async (filter: object = {}, first = 100): Promise<Event[]> =>
    (await tenant.owner.get(list, { first, filter })).auditEvents.nodes;

  it("begins with the making of the tenant, by the operator", async () => {
    const all = await events();
    const first = all.find(({ action }) => action === "tenant.created");
    expect(first).to.include({
      actorKind: "OPERATOR",
      operation: "tenant.create",
      subject: tenant.id,
      outcome: "SUCCESS",
    });
  });

  it("tells who did what to what, from where, newest first", async () => {
    const made = await events({ actions: ["apiKey.created"] });
    expect(made.map(({ after }) => after?.name)).to.deep.equal(["three", "two", "one"]);
    const [newest] = made;
    const { viewer } = await tenant.owner.get("{ viewer { id } }");
    expect(newest).to.include({
      actorKind: "USER",
      actorId: viewer.id,
      operation: "apiKey.create",
      ip: "127.0.0.1",
    });
    expect(newest?.subject).to.match(/^key_/);
    expect(newest?.requestId).to.match(/^\S+$/);
    expect(JSON.stringify(made)).to.not.contain("tfk_");
  });

  it("keeps refused attempts as failures, with text that jsonb can't hold made fit", async () => {
    const attempt = await world
      .anonymous("trail")
      .with({ "user-agent": "a browser of sorts" })
      .send("mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }", {
        input: { email: "half\ud800@trail.test", password: "not the right password" },
      });
    expect(attempt).to.failWith("SIGN_IN_REFUSED");
    const [refused] = await events({ outcome: "FAILURE" });
    expect(refused).to.include({ action: "session.refused", actorKind: "ANONYMOUS", actorId: null });
    expect(refused?.after?.email).to.equal("half\ufffd@trail.test");
    expect(refused?.userAgent).to.equal("a browser of sorts");
  });

  it("narrows by action, actor, subject, outcome and time, all at once", async () => {
    const [two] = (await events({ actions: ["apiKey.created"] })).slice(1);
    const exact = {
      actions: ["apiKey.created", "user.invited"],
      actorId: two?.actorId,
      subject: two?.subject,
      outcome: "SUCCESS",
    };
    const after = new Date(Date.parse(two?.at ?? "") + 1).toISOString();
    expect((await events({ ...exact, from: two?.at, to: after })).map(({ id }) => id)).to.deep.equal([
      two?.id,
    ]);
    expect(await events({ ...exact, from: after })).to.deep.equal([]);
    expect(await events({ ...exact, to: two?.at })).to.deep.equal([]);
    expect(await events({ ...exact, outcome: "FAILURE" })).to.deep.equal([]);
    expect(await events({ subject: "' or true --" })).to.deep.equal([]);
  });

  it("comes in pages that neither skip nor repeat", async () => {
    const whole = (await events()).map(({ id }) => id);
    const paged: string[] = [];
    for (let after: string | null = null; ; ) {
      const { auditEvents }: { auditEvents: AuditPage } = await tenant.owner.get(list, { first: 2, after });
      paged.push(...auditEvents.nodes.map(({ id }) => id));
      expect(auditEvents.totalCount).to.equal(whole.length);
      if (!auditEvents.pageInfo.hasNextPage) break;
      after = auditEvents.pageInfo.endCursor;
    }
    expect(paged).to.deep.equal(whole);
  });

  it("finds an event by its id, for its own tenant alone", async () => {
    const [event] = await events();
    const query = "query ($id: ID!) { node(id: $id) { id ... on AuditEvent { action } } }";
    expect((await tenant.owner.get(query, { id: event?.id })).node).to.deep.equal({
      id: event?.id,
      action: event?.action,
    });
    const other = await world.tenant("trail-other");
    expect((await other.owner.get(query, { id: event?.id })).node).to.equal(null);
    const { auditEvents } = await other.owner.get(list, { filter: { subject: tenant.id } });
    expect(auditEvents.nodes).to.deep.equal([]);
  });

  it("is for those who hold audit:read", async () => {
    const member = await tenant.person("MEMBER");
    const key = await tenant.apiKey(["usage:read"]);
    for (const client of [member, key]) {
      expect(await client.send(list)).to.failWith("FORBIDDEN");
      expect(await client.send("{ verifyAuditTrail { ok } }")).to.failWith("FORBIDDEN");
    }
    expect(await world.anonymous("trail").send(list)).to.failWith("UNAUTHENTICATED");
    expect(await (await tenant.apiKey(["audit:read"])).send("{ verifyAuditTrail { ok } }")).to.succeed();
    expect(await (await world.operator()).send(list)).to.failWith("FORBIDDEN");
  });

  it("refuses a filter with too much in it", async () => {
    const filter = { actions: Array.from({ length: 51 }, () => "x") };
    expect(await tenant.owner.send(list, { filter })).to.failWith("BAD_USER_INPUT");
    expect(await tenant.owner.send(list, { filter: { subject: "x".repeat(101) } })).to.failWith(
      "BAD_USER_INPUT",
    );
  });
});
