import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ensureOperator } from "../../../src/rooms/identity/index.js";
import { World } from "../../support/world.js";

describe("the operator's account", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  const ensure = (changes: object) =>
    ensureOperator(world.app.kernel.control, {
      ...world.app.kernel.config,
      operatorPassword: undefined,
      ...changes,
    });

  it("gets a generated password once, kept in a file for its owner alone", async () => {
    const { dataDirectory } = world.app.kernel.config;
    const file = join(dataDirectory, "operator.json");
    writeFileSync(file, "not ours");
    chmodSync(file, 0o644);
    const made = await ensure({ operatorEmail: "first@tenfold.local" });
    expect(made).to.include({ email: "first@tenfold.local", createdNow: true });
    expect(JSON.parse(readFileSync(file, "utf8"))).to.deep.equal({
      email: made.email,
      password: made.password,
    });
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(await world.anonymous().signIn(made.email, made.password ?? "")).to.be.an("object");
    expect(await ensure({ operatorEmail: "first@tenfold.local" })).to.deep.equal({
      ...made,
      createdNow: false,
    });
  });

  it("takes a password from outside, shows it to nobody, and ends the sessions of the one before", async () => {
    const operatorEmail = "second@tenfold.local";
    const given = { operatorEmail, operatorPassword: "given from the outside" };
    expect(await ensure(given)).to.deep.equal({ email: operatorEmail, password: null, createdNow: true });
    const signedIn = await world.anonymous().signIn(operatorEmail, given.operatorPassword);
    expect(await ensure(given)).to.include({ createdNow: false, password: null });
    const refresh = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { refreshToken } }`;
    await ensure({ ...given, operatorPassword: "changed from the outside" });
    const input = { refreshToken: signedIn.tokens?.refreshToken };
    expect(await world.anonymous().send(refresh, { input })).to.failWith("UNAUTHENTICATED");
    expect(await world.anonymous().signIn(operatorEmail, "changed from the outside")).to.be.an("object");
  });

  it("survives a file that is not ours any more", async () => {
    const { dataDirectory } = world.app.kernel.config;
    writeFileSync(join(dataDirectory, "operator.json"), "{");
    expect(await ensure({ operatorEmail: "first@tenfold.local" })).to.deep.equal({
      email: "first@tenfold.local",
      password: null,
      createdNow: false,
    });
  });
});
