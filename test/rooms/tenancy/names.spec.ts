import { expect } from "chai";
import fc from "fast-check";
import { asHost } from "../../../src/rooms/tenancy/custom-domain.js";
import { refuseReserved } from "../../../src/rooms/tenancy/reserved-slugs.js";
import { slugPattern } from "../../../src/rooms/tenancy/index.js";
import type { Answer, Client } from "../../support/client.js";
import { createTenant, updateTenant } from "../../support/operations.js";
import { type TenantOfWorld, World } from "../../support/world.js";

const find = "query ($customDomain: String) { findTenant(customDomain: $customDomain) { id customDomain } }";

describe("names of tenants that could be taken for others", () => {
  let world: World;
  let operator: Client;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start({ hosts: ["tenfold.example", "Other.Example"] });
    operator = await world.operator();
    tenant = await world.tenant("named");
  });
  after(() => world.stop());

  const create = (slug: string): Promise<Answer> => {
    const owner = { email: "owner@named.test", name: "Owner", password: "plain vanilla ice cream" };
    return operator.send(createTenant, { input: { slug, name: slug, plan: "STARTER", owner } });
  };
  const setDomain = (customDomain: string): Promise<Answer> =>
    operator.send(updateTenant, { input: { id: tenant.id, customDomain } });

  for (const slug of [
    "www",
    "api",
    "graphql",
    "login",
    "ns1",
    "www-2",
    "autodiscover",
    "xn--80ak6aa92e",
    "ab--c",
  ])
    it(`refuses the slug ${slug}`, async () => {
      const answer = await create(slug);
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "slug");
      expect(answer.errors?.[0]?.message).to.include(`"${slug}" is reserved`);
    });

  it("takes slugs that only begin or end like a reserved one", async () => {
    for (const slug of ["apiary", "my-api", "admin-of-acme", "web3-labs", "2024"])
      expect(await create(slug), slug).to.succeed();
  });

  it("refuses in words, whatever slug is asked for", () => {
    fc.assert(
      fc.property(fc.stringMatching(slugPattern), fc.nat(99), (slug, number) => {
        expect(() => refuseReserved(`mail${number}`)).to.throw(/reserved/);
        expect(() => refuseReserved(`${slug.slice(0, 2).padEnd(2, "a")}--${number}`)).to.throw(/reserved/);
      }),
    );
  });

  const own: [domain: string, says: string][] = [
    ["tenfold.example", "is a host of this installation"],
    ["TENFOLD.example.", "is a host of this installation"],
    ["acme.tenfold.example", "lies below tenfold.example"],
    ["a.b.other.example", "lies below other.example"],
    ["named.localhost", "lies below localhost"],
  ];
  for (const [domain, says] of own)
    it(`refuses the custom domain ${domain}`, async () => {
      const answer = await setDomain(domain);
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.message).to.include(says);
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "customDomain");
      const { findTenant } = await operator.get("query ($id: ID) { findTenant(id: $id) { customDomain } }", {
        id: tenant.id,
      });
      expect(findTenant.customDomain).to.equal(null);
    });

  it("takes a domain that only ends like a host of ours", async () => {
    expect(await setDomain("mytenfold.example")).to.succeed();
  });

  it("keeps a domain as hosts are sent, and serves it in whatever way it is written", async () => {
    expect(await setDomain("ML.Bücher.example.")).to.succeed();
    const { id } = tenant;
    for (const customDomain of ["ml.bücher.example", "ML.XN--BCHER-KVA.example.", "ml.bücher.Example."])
      expect((await operator.get(find, { customDomain })).findTenant).to.deep.equal({
        id,
        customDomain: "ml.xn--bcher-kva.example",
      });
    for (const host of ["ml.xn--bcher-kva.example", "ML.xn--bcher-kva.EXAMPLE."])
      expect((await tenant.owner.with({ host }).get("{ tenant { id } }")).tenant.id).to.equal(id);
  });

  it("lets nobody have another's domain in another spelling", async () => {
    expect(await setDomain("straße.example")).to.succeed();
    const other = await world.tenant("imitating");
    for (const customDomain of ["STRASSE.example", "xn--strae-oqa.example.", "Straße.example"]) {
      const answer = await operator.send(updateTenant, { input: { id: other.id, customDomain } });
      if (customDomain === "STRASSE.example") expect(answer, "another name (IDNA 2008)").to.succeed();
      else expect(answer, customDomain).to.failWith("TENANT_DOMAIN_TAKEN");
    }
  });

  it("knows what is no domain, before and after it is written in ASCII", () => {
    for (const text of [
      "",
      ".",
      "a",
      "a..b",
      "1.2.3.4",
      "1.2.3.²³",
      "[::1]",
      "a.example:80",
      "a.example/x",
      "a%2e.example",
      "user@a.example",
      "a.example..",
      "-a.example",
      `${"a".repeat(64)}.example`,
      `${"a.".repeat(124)}example`,
    ])
      expect(asHost(text), text).to.equal(null);
  });

  it("is settled after one conversion", () => {
    fc.assert(
      fc.property(fc.domain(), (domain) => {
        const host = asHost(domain.toUpperCase());
        if (host !== null) expect(asHost(`${host}.`)).to.equal(host);
      }),
    );
  });
});
