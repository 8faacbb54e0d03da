import { expect } from "chai";
import { signIn } from "../../support/operations.js";
import { type TenantOfWorld, World } from "../../support/world.js";

const whoAmI = "{ viewer { id } }";

describe("which tenant a request is for", () => {
  let world: World;
  let one: TenantOfWorld;
  let two: TenantOfWorld;
  before(async () => {
    world = await World.start({ hosts: ["two.example"] });
    one = await world.tenant("one");
    two = await world.tenant("two");
  });
  after(() => world.stop());

  it("refuses a token, a key, a host and a header that disagree", async () => {
    const key = await one.apiKey(["model:read"]);
    for (const client of [one.owner, key]) {
      const { authorization = "" } = client.headers;
      const bearer = world.anonymous().with({ authorization });
      for (const headers of [
        { "x-tenant": "two" },
        { host: "two.localhost" },
        { "x-tenant": "nobody" },
        { host: "nobody.localhost" },
      ] as Record<string, string>[])
        expect(await bearer.with(headers).send(whoAmI), JSON.stringify(headers)).to.failWith(
          "TENANT_MISMATCH",
        );
      expect(await bearer.with({ host: "one.localhost", "x-tenant": "ONE" }).send(whoAmI)).to.succeed();
    }
    for (const slug of ["two", "nobody"])
      expect(await world.anonymous(slug).with({ host: "one.localhost" }).send(whoAmI)).to.failWith(
        "TENANT_MISMATCH",
      );
  });

  it("takes the name of the installation for no tenant's, though a tenant bears its first label", async () => {
    expect((await two.owner.with({ host: "two.example" }).get("{ tenant { slug } }")).tenant.slug).to.equal(
      "two",
    );
    const { authorization = "" } = one.owner.headers;
    const bearer = world.anonymous().with({ authorization });
    expect(await bearer.with({ host: "two.example" }).send(whoAmI)).to.succeed();
    expect(await bearer.with({ host: "two.two.example" }).send(whoAmI)).to.failWith("TENANT_MISMATCH");
  });

  it("lets the operator in without a tenant only", async () => {
    const operator = await world.operator();
    expect(await operator.send(whoAmI)).to.succeed();
    for (const headers of [
      { "x-tenant": "one" },
      { host: "one.localhost" },
      { "x-tenant": "nobody" },
    ] as Record<string, string>[])
      expect(await operator.with(headers).send(whoAmI)).to.failWith("TENANT_MISMATCH");
    const input = { email: "operator@tenfold.local", password: "the operator of all tests" };
    for (const slug of ["one", "nobody"])
      expect(await world.anonymous(slug).send(signIn, { input })).to.failWith("SIGN_IN_REFUSED");
    expect(await world.anonymous().with({ host: "nobody.localhost" }).send(signIn, { input })).to.failWith(
      "SIGN_IN_REFUSED",
    );
  });

  it("tells nobody without credentials who is a customer", async () => {
    for (const slug of ["one", "nobody"])
      expect(await world.anonymous(slug).send(whoAmI)).to.failWith("UNAUTHENTICATED");
  });
});
