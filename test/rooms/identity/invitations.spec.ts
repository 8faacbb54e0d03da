import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { acceptInvitation, deactivateUser, inviteUser, suspendTenant } from "../../support/operations.js";
import { days, later } from "../../support/time.js";
import { World } from "../../support/world.js";

const password = "another sort of ice cream";

describe("invitations", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  const invite = async (by: Client, input: object) => (await by.get(inviteUser, { input })).inviteUser;
  const accept = (invitationToken: string, more: object = {}, headers: Record<string, string> = {}) =>
    world
      .anonymous()
      .with(headers)
      .send(acceptInvitation, { input: { invitationToken, password, ...more } });
  const guest = (slug: string, changes: object = {}) => ({
    email: `guest@${slug}.test`,
    name: "Guest",
    role: "MEMBER",
    ...changes,
  });

  it("work once: of fifty who accept one at the same time, one gets in", async () => {
    const { owner, slug } = await world.tenant("inviting");
    const { invitationToken } = await invite(owner, guest(slug));
    const answers = await Promise.all(Array.from({ length: 50 }, () => accept(invitationToken)));
    const joined = answers.filter((answer) => !answer.errors);
    expect(joined).to.have.length(1);
    for (const answer of answers.filter(({ errors }) => errors))
      expect(answer).to.failWithReason("BAD_USER_INPUT", "INVITATION_INVALID");
    const client = world.anonymous().bearing(joined[0]?.data.acceptInvitation.accessToken);
    expect((await client.get("{ viewer { roles user { email status } } }")).viewer).to.deep.equal({
      roles: ["MEMBER"],
      user: { email: "guest@inviting.test", status: "ACTIVE" },
    });
  });

  it("expire after seven days", async () => {
    const { owner, slug } = await world.tenant("slow");
    const { invitationToken } = await invite(owner, guest(slug));
    expect(await later(days(7.01), () => accept(invitationToken))).to.failWith("INVITATION_INVALID");
    expect(await later(days(6.9), () => accept(invitationToken))).to.succeed();
  });

  it("are replaced by a newer one, which takes no second seat", async () => {
    const { owner, slug, schema } = await world.tenant("again");
    const first = await invite(owner, guest(slug));
    const second = await invite(
      owner,
      guest(slug, { email: "GUEST@again.test", name: "Renamed", role: "VIEWER" }),
    );
    expect(second.user).to.include({ id: first.user.id, name: "Renamed", role: "VIEWER", status: "INVITED" });
    expect(await accept(first.invitationToken)).to.failWith("INVITATION_INVALID");
    expect(await accept(second.invitationToken)).to.succeed();
    const seats = await world.admin(`select used::int from ${schema}.quota_counter where meter = 'seats'`);
    expect(seats).to.deep.equal([{ used: 2 }]);
    expect(await owner.send(inviteUser, { input: guest(slug) })).to.failWith("EMAIL_TAKEN");
  });

  it("can be taken back, and made again", async () => {
    const { owner, slug, schema } = await world.tenant("undecided");
    const first = await invite(owner, guest(slug));
    await owner.get(deactivateUser, { input: { id: first.user.id } });
    expect(await accept(first.invitationToken)).to.failWith("INVITATION_INVALID");
    const second = await invite(owner, guest(slug));
    expect(await accept(second.invitationToken)).to.succeed();
    const seats = await world.admin(`select used::int from ${schema}.quota_counter where meter = 'seats'`);
    expect(seats).to.deep.equal([{ used: 2 }]);
  });

  it("of somebody above cannot be replaced", async () => {
    const { owner, person, slug } = await world.tenant("above");
    const admin = await person("ADMIN");
    await invite(owner, guest(slug, { role: "OWNER" }));
    expect(await admin.send(inviteUser, { input: guest(slug) })).to.failWith("FORBIDDEN");
  });

  it("ask for a good password, and survive a bad one", async () => {
    const { owner, slug } = await world.tenant("picky");
    const { invitationToken } = await invite(owner, guest(slug, { name: "Barnaby Rumpelstilz" }));
    for (const bad of ["short", "rumpelstilz 12345678", "pickypickypicky", "x".repeat(257)]) {
      const answer = await accept(invitationToken, { password: bad });
      expect(answer, bad).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "password");
    }
    expect(await accept(invitationToken)).to.succeed();
  });

  it("lead to their own tenant only, and wait while it is suspended", async () => {
    const { id, owner, slug } = await world.tenant("inviter");
    await world.tenant("bystander");
    const { invitationToken } = await invite(owner, guest(slug));
    for (const other of ["bystander", "nobody"])
      expect(await accept(invitationToken, {}, { "x-tenant": other })).to.failWith("TENANT_MISMATCH");
    await (await world.operator()).get(suspendTenant, { input: { id } });
    expect(await accept(invitationToken)).to.failWith("TENANT_SUSPENDED");
  });

  it("go to one address once, however many are sent at once", async () => {
    const { owner, slug } = await world.tenant("eager");
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => owner.send(inviteUser, { input: guest(slug) })),
    );
    for (const { errors } of answers)
      expect(errors?.[0]?.extensions?.code ?? "EMAIL_TAKEN").to.equal("EMAIL_TAKEN");
    expect((await owner.get("{ users { totalCount } }")).users.totalCount).to.equal(2);
  });
});
