import { expect } from "chai";
import { World } from "../../support/world.js";

const refresh =
  "mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken refreshToken } }";

describe("sessions", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it("answers alike for a wrong password, an unknown address and an unknown tenant", async () => {
    const { slug } = await world.tenant("alike");
    const attempt = (tenant: string, email: string, password: string) =>
      world
        .anonymous(tenant)
        .send("mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }", {
          input: { email, password },
        });
    const answers = await Promise.all([
      attempt(slug, "owner@alike.test", "not the right password"),
      attempt(slug, "nobody@alike.test", "not the right password"),
      attempt("no-such-tenant", "owner@alike.test", "not the right password"),
    ]);
    for (const answer of answers) expect(answer).to.failWith("SIGN_IN_REFUSED");
    expect(new Set(answers.map((answer) => answer.errors?.[0]?.message)).size).to.equal(1);
  });

  it("ends a session at once on sign-out", async () => {
    const { owner } = await world.tenant("leaving");
    expect(await owner.send("{ viewer { id } }")).to.succeed();
    expect(await owner.get("mutation { signOut { signedOut } }")).to.deep.equal({
      signOut: { signedOut: true },
    });
    expect(await owner.send("{ viewer { id } }")).to.failWith("UNAUTHENTICATED");
    const input = { refreshToken: owner.tokens?.refreshToken };
    expect(await world.anonymous().send(refresh, { input })).to.failWith("UNAUTHENTICATED");
  });

  it("lets one of fifty win who use a refresh token at once, and ends the session", async () => {
    const { owner } = await world.tenant("racing");
    const input = { refreshToken: owner.tokens?.refreshToken };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.anonymous().send(refresh, { input })),
    );
    const winners = answers.filter((answer) => !answer.errors);
    expect(winners).to.have.length(1);
    const winner = world.anonymous().bearing(winners[0]?.data.refreshSession.accessToken);
    expect(await winner.send("{ viewer { id } }")).to.failWith("UNAUTHENTICATED");
    expect(await owner.send("{ viewer { id } }")).to.failWith("UNAUTHENTICATED");
  });
});
