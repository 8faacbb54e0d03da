import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { deactivateUser, inviteUser, reactivateUser, updateUser } from "../../support/operations.js";
import { World } from "../../support/world.js";

const idOf = async (client: Client): Promise<string> => (await client.get("{ viewer { id } }")).viewer.id;

describe("people", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it("keep at least one owner, however many owners step down at once", async () => {
    const tenant = await world.tenant("headless");
    const owners = [
      tenant.owner,
      await tenant.person("OWNER"),
      await tenant.person("OWNER"),
      await tenant.person("OWNER"),
    ];
    const ids = await Promise.all(owners.map(idOf));
    // Each demotes the next: in whichever order the rows are locked, nobody may deadlock and somebody must remain.
    const answers = await Promise.all(
      owners.map((owner, index) =>
        index % 2
          ? owner.send(deactivateUser, { input: { id: ids[(index + 1) % 4] } })
          : owner.send(updateUser, { input: { id: ids[(index + 1) % 4], role: "VIEWER" } }),
      ),
    );
    const codes = answers.map((answer) => answer.errors?.[0]?.extensions?.code ?? "OK");
    expect(codes).to.not.include("INTERNAL");
    const [left] = await world.admin<{ count: number }>(
      `select count(*)::int as count from ${tenant.schema}.user_account where role = 'OWNER' and status = 'ACTIVE'`,
    );
    expect(left?.count).to.be.at.least(1);
    expect(codes.filter((code) => code === "OK").length).to.be.within(1, 3);
  });

  it("refuse to lose the last owner, demoted or deactivated", async () => {
    const { owner } = await world.tenant("lonely");
    const id = await idOf(owner);
    expect(await owner.send(updateUser, { input: { id, role: "ADMIN" } })).to.failWith("LAST_OWNER");
    expect(await owner.send(deactivateUser, { input: { id } })).to.failWith("LAST_OWNER");
    expect(await owner.send(updateUser, { input: { id, name: "Renamed" } })).to.succeed();
    expect(await owner.send(updateUser, { input: { id, name: null, role: null } })).to.succeed();
  });

  it("grant and change nothing above their own role", async () => {
    const tenant = await world.tenant("ranked");
    const [admin, member] = [await tenant.person("ADMIN"), await tenant.person("MEMBER")];
    const ownerId = await idOf(tenant.owner);
    const memberId = await idOf(member);
    const person = { email: "new@ranked.test", name: "New" };
    expect(await admin.send(inviteUser, { input: { ...person, role: "OWNER" } })).to.failWith("FORBIDDEN");
    expect(await admin.send(updateUser, { input: { id: ownerId, role: "VIEWER" } })).to.failWith("FORBIDDEN");
    expect(await admin.send(deactivateUser, { input: { id: ownerId } })).to.failWith("FORBIDDEN");
    expect(await admin.send(updateUser, { input: { id: memberId, role: "OWNER" } })).to.failWith("FORBIDDEN");
    expect(await admin.send(updateUser, { input: { id: memberId, role: "ADMIN" } })).to.succeed();
    expect(await tenant.owner.send(updateUser, { input: { id: memberId, role: "VIEWER" } })).to.succeed();
    expect(await member.send(inviteUser, { input: { ...person, role: "VIEWER" } })).to.failWith(
      "UNAUTHENTICATED",
    );
  });

  it("come back with a seat after being deactivated, and find their old sessions ended", async () => {
    const { owner, person, slug } = await world.tenant("returning");
    const member = await person("MEMBER");
    const id = await idOf(member);
    const { deactivateUser: gone } = await owner.get(deactivateUser, { input: { id } });
    expect(gone.user.status).to.equal("DEACTIVATED");
    expect(await owner.send(deactivateUser, { input: { id } })).to.failWith("CONFLICT");
    const { reactivateUser: back } = await owner.get(reactivateUser, { input: { id } });
    expect(back.user.status).to.equal("ACTIVE");
    expect(await owner.send(reactivateUser, { input: { id } })).to.failWith("CONFLICT");
    expect(await member.send("{ viewer { id } }")).to.failWith("UNAUTHENTICATED");
    const fresh = await world.anonymous(slug).signIn(back.user.email, "another sort of ice cream");
    expect(await fresh.send("{ viewer { id } }")).to.succeed();
  });

  it("of another tenant are not found, just as those who do not exist", async () => {
    const [here, elsewhere] = [await world.tenant("here"), await world.tenant("elsewhere")];
    const foreign = await idOf(elsewhere.owner);
    for (const id of [foreign, "user_01h455vb4pex5vsknk084sn02q", "nonsense", ""])
      for (const document of [updateUser, deactivateUser, reactivateUser]) {
        const answer = await here.owner.send(document, { input: { id } });
        expect(answer).to.failWith("NOT_FOUND");
        expect(answer.errors?.[0]?.message).to.equal("There is no such user.");
      }
  });

  it("see what went wrong with each field", async () => {
    const { owner } = await world.tenant("typing");
    const answer = await owner.send(inviteUser, { input: { email: "nobody", name: "", role: "MEMBER" } });
    expect(answer).to.failWith("BAD_USER_INPUT");
    const fields = answer.errors?.[0]?.extensions?.fields as { path: string }[];
    expect(fields.map(({ path }) => path)).to.have.members(["email", "name"]);
  });
});
