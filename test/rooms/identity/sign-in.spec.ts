import { expect } from "chai";
import { changePassword, signIn } from "../../support/operations.js";
import { days, later, minutes } from "../../support/time.js";
import { ownerPassword, World } from "../../support/world.js";

describe("signing in", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  const attempt = (slug: string | undefined, email: string, password: string) =>
    world.anonymous(slug).send(signIn, { input: { email, password } });

  it("blocks after ten failures, a known address just as an unknown one and an unknown tenant", async () => {
    await world.tenant("guarded");
    const places = [
      ["guarded", "owner@guarded.test"],
      ["guarded", "nobody@guarded.test"],
      ["no-tenant", "owner@guarded.test"],
      [undefined, "nobody@tenfold.local"],
    ] as const;
    for (const [slug, email] of places) {
      for (let count = 0; count < 10; count += 1)
        expect(await attempt(slug, email, "wrong wrong wrong")).to.failWithReason(
          "UNAUTHENTICATED",
          "SIGN_IN_REFUSED",
        );
      const blocked = await attempt(slug, email, ownerPassword);
      expect(blocked).to.failWithReason("RATE_LIMITED", "SIGN_IN_BLOCKED");
      expect(blocked.errors?.[0]?.extensions).to.have.keys("code", "reason", "requestId", "resetsAt");
    }
    await later(minutes(16), async () => {
      expect(await attempt("guarded", "owner@guarded.test", "wrong wrong wrong")).to.failWith(
        "SIGN_IN_REFUSED",
      );
      expect(await attempt("guarded", "owner@guarded.test", ownerPassword)).to.failWith("SIGN_IN_BLOCKED");
    });
    await later(minutes(40), async () => {
      expect(await attempt("guarded", "owner@guarded.test", ownerPassword)).to.succeed();
      expect(await attempt("guarded", "owner@guarded.test", "wrong wrong wrong")).to.failWith(
        "SIGN_IN_REFUSED",
      );
      expect(await attempt("guarded", "owner@guarded.test", ownerPassword)).to.succeed();
    });
  });

  it("takes no more than ten of forty guesses sent at once, and all of twenty right ones", async () => {
    await world.tenant("stormed");
    const guess = () => attempt("stormed", "owner@stormed.test", "wrong wrong wrong");
    const right = () => attempt("stormed", "owner@stormed.test", ownerPassword);
    for (const answer of await Promise.all(Array.from({ length: 20 }, right))) expect(answer).to.succeed();
    const guesses = await Promise.all(Array.from({ length: 40 }, guess));
    const codes = guesses.map((answer) => answer.errors?.[0]?.extensions?.["reason"]);
    expect(codes.filter((code) => code === "SIGN_IN_REFUSED")).to.have.length(10);
    expect(codes.filter((code) => code === "SIGN_IN_BLOCKED")).to.have.length(30);
  });

  it("counts wrong present passwords of somebody signed in as well", async () => {
    const { owner } = await world.tenant("prodded");
    const change = (currentPassword: string, newPassword = "an unheard-of flavour") =>
      owner.send(changePassword, { input: { currentPassword, newPassword } });
    const weak = await change(ownerPassword, "prodded prodded");
    expect(weak.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "newPassword");
    for (let count = 0; count < 10; count += 1)
      expect(await change("wrong wrong wrong")).to.failWith("BAD_USER_INPUT");
    expect(await change(ownerPassword)).to.failWith("SIGN_IN_BLOCKED");
  });

  it("changes a password and ends every session, the present one too", async () => {
    const { owner, slug } = await world.tenant("changed");
    const other = await world.anonymous(slug).signIn("owner@changed.test", ownerPassword);
    const input = { currentPassword: ownerPassword, newPassword: "an unheard-of flavour" };
    const { changePassword: changed } = await owner.get(changePassword, { input });
    expect(changed.revokedSessionIds).to.have.length(2);
    for (const client of [owner, other])
      expect(await client.send("{ viewer { id } }")).to.failWith("UNAUTHENTICATED");
    expect(await attempt(slug, "owner@changed.test", ownerPassword)).to.failWith("SIGN_IN_REFUSED");
    expect(await attempt(slug, "OWNER@changed.test ", "an unheard-of flavour")).to.succeed();
  });

  it("keeps no session or failure that can tell nothing any more", async () => {
    const { slug, schema } = await world.tenant("tidy");
    await attempt(slug, "nobody@tidy.test", "wrong wrong wrong");
    await later(days(61), () => attempt(slug, "owner@tidy.test", ownerPassword));
    expect(await world.admin(`select id from ${schema}.session`)).to.have.length(1);
    expect(await world.admin(`select 1 from ${schema}.sign_in_failure`)).to.deep.equal([]);
  });

  it("refuses a password that is too long, and text no database takes, as bad input", async () => {
    const { slug } = await world.tenant("odd");
    const long = await attempt(slug, "owner@odd.test", "x".repeat(257));
    expect(long).to.failWith("BAD_USER_INPUT");
    expect(long.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "password");
    expect(await attempt(slug, "a\u0000b", "x")).to.failWith("BAD_USER_INPUT");
  });
});
