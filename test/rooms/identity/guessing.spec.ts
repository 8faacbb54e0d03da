import { expect } from "chai";
import type { Answer } from "../../support/client.js";
import { changePassword, signIn } from "../../support/operations.js";
import { days, hours, later, minutes } from "../../support/time.js";
import { ownerPassword, World } from "../../support/world.js";

const wrong = "wrong wrong wrong";
const reasonOf = ({ errors }: Answer): unknown => errors?.[0]?.extensions?.["reason"];
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe("guessing passwords", () => {
  let world: World;
  before(async () => {
    // The specs are the proxy, so that they can come from anywhere.
    world = await World.start({ trustedProxies: ["127.0.0.1"] });
  });
  after(() => world.stop());

  const attempt = (slug: string | undefined, ip: string, password: string, email = `owner@${slug}.test`) =>
    world.anonymous(slug).with({ "x-forwarded-for": ip }).send(signIn, { input: { email, password } });

  const fail = async (slug: string, ip: string, count: number): Promise<void> => {
    for (const answer of await Promise.all(times(count, () => attempt(slug, ip, wrong))))
      expect(answer).to.failWith("SIGN_IN_REFUSED");
  };

  /** Guesses from forty networks at once, far more than are taken. */
  const storm = (slug: string, email?: string): Promise<Answer[]> =>
    Promise.all(times(200, (index) => attempt(slug, `198.51.100.${index % 40}`, wrong, email)));

  it("blocks where it is done, and nobody elsewhere: not even where the owner never was", async () => {
    await world.tenant("lured");
    await fail("lured", "203.0.113.1", 10);
    expect(await attempt("lured", "203.0.113.1", ownerPassword)).to.failWithReason(
      "RATE_LIMITED",
      "SIGN_IN_BLOCKED",
    );
    expect(await attempt("lured", "203.0.113.2", ownerPassword)).to.succeed();
    expect(await attempt("lured", "203.0.113.1", ownerPassword)).to.failWith("SIGN_IN_BLOCKED");
    await later(minutes(16), async () =>
      expect(await attempt("lured", "203.0.113.1", ownerPassword)).to.succeed(),
    );
  });

  it("gains nothing by the many addresses of one IPv6 network", async () => {
    await world.tenant("sixth");
    for (let host = 1; host <= 10; host += 1) await fail("sixth", `2001:db8:6::${host}`, 1);
    expect(await attempt("sixth", "2001:db8:6::ffff", ownerPassword)).to.failWith("SIGN_IN_BLOCKED");
    expect(await attempt("sixth", "2001:db8:7::1", ownerPassword)).to.succeed();
  });

  it("from many networks is over after about a hundred, and the owner comes in where they have been", async () => {
    await world.tenant("besieged");
    const [home, abroad] = ["203.0.113.7", "203.0.113.8"];
    expect(await attempt("besieged", home, ownerPassword)).to.succeed();
    const reasons = (await storm("besieged")).map(reasonOf);
    // Each of the pool's ten connections may have looked at the count before another wrote to it.
    expect(reasons.filter((reason) => reason === "SIGN_IN_REFUSED").length).to.be.within(100, 110);
    expect(new Set(reasons)).to.have.keys("SIGN_IN_REFUSED", "SIGN_IN_BLOCKED");
    const blocked = await attempt("besieged", abroad, ownerPassword);
    expect(blocked).to.failWithReason("RATE_LIMITED", "SIGN_IN_BLOCKED");
    const { resetsAt } = blocked.errors?.[0]?.extensions ?? {};
    expect(Date.parse(String(resetsAt)) - Date.now()).to.be.within(minutes(50), hours(1));
    expect(await attempt("besieged", home, ownerPassword)).to.succeed();
    // That the owner comes in gives no guess more to anybody else.
    expect(await attempt("besieged", abroad, ownerPassword)).to.failWith("SIGN_IN_BLOCKED");
    await later(minutes(61), async () => {
      expect(await attempt("besieged", "203.0.113.9", wrong)).to.failWith("SIGN_IN_REFUSED");
      expect(await attempt("besieged", abroad, ownerPassword)).to.failWith("SIGN_IN_BLOCKED");
    });
    await later(days(2), async () => {
      await fail("besieged", "203.0.113.9", 9);
      expect(await attempt("besieged", abroad, ownerPassword)).to.succeed();
    });
  });

  it("tells nobody which accounts there are: an unknown one is blocked likewise", async () => {
    await world.tenant("hollow");
    const reasons = (await storm("hollow", "nobody@hollow.test")).map(reasonOf);
    expect(reasons.filter((reason) => reason === "SIGN_IN_REFUSED").length).to.be.within(100, 110);
    expect(await attempt("hollow", "203.0.113.8", wrong, "nobody@hollow.test")).to.failWith(
      "SIGN_IN_BLOCKED",
    );
    expect(await attempt("hollow", "203.0.113.8", wrong)).to.failWith("SIGN_IN_REFUSED");
  });

  it("at the operator's account keeps the operator out of nowhere they have been", async () => {
    const email = "operator@tenfold.local";
    const password = "the operator of all tests";
    expect(await attempt(undefined, "203.0.113.7", password, email)).to.succeed();
    for (let count = 0; count < 10; count += 1)
      expect(await attempt(undefined, "203.0.113.1", wrong, email)).to.failWith("SIGN_IN_REFUSED");
    expect(await attempt(undefined, "203.0.113.1", password, email)).to.failWith("SIGN_IN_BLOCKED");
    await world.admin("update control.sign_in_failure set failures = 100 where failures = 10");
    expect(await attempt(undefined, "203.0.113.2", password, email)).to.failWith("SIGN_IN_BLOCKED");
    expect(await attempt(undefined, "203.0.113.7", password, email)).to.succeed();
  });

  it("by somebody signed in blocks the network of that session, not the account's sign-in elsewhere", async () => {
    const { owner } = await world.tenant("borrowed");
    const input = { currentPassword: wrong, newPassword: "an unheard-of flavour" };
    const borrowed = owner.with({ "x-forwarded-for": "203.0.113.1" });
    for (let count = 0; count < 10; count += 1)
      expect(await borrowed.send(changePassword, { input })).to.failWith("BAD_USER_INPUT");
    expect(await borrowed.send(changePassword, { input })).to.failWith("SIGN_IN_BLOCKED");
    expect(await attempt("borrowed", "203.0.113.2", ownerPassword)).to.succeed();
  });
});
