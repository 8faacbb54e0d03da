import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { createTenant } from "../../support/operations.js";
import { ownerPassword, World } from "../../support/world.js";

const inputFor = (slug: string, changes: object = {}, owner: object = {}): object => ({
  input: {
    slug,
    name: "A tenant",
    owner: { email: "owner@new.test", name: "Owner", password: ownerPassword, ...owner },
    ...changes,
  },
});

describe("createTenant", () => {
  let world: World;
  let operator: Client;
  before(async () => {
    world = await World.start();
    operator = await world.operator();
  });
  after(() => world.stop());

  const counts = async (): Promise<{ tenants: number; claimed: number }> => {
    const [row] = await world.admin<{ tenants: number; claimed: number }>(
      `select (select count(*)::int from control.tenant) as tenants,
        (select count(*)::int from control.tenant_schema where tenant_id is not null) as claimed`,
    );
    return row ?? { tenants: -1, claimed: -1 };
  };

  it("gives a tenant with its owner, its seat taken and what to do next", async () => {
    const { createTenant: made } = await operator.get(
      createTenant,
      inputFor("whole", { plan: "PROFESSIONAL" }, { email: "Owner@Whole.Test" }),
    );
    expect(made.tenant).to.include({
      slug: "whole",
      plan: "PROFESSIONAL",
      status: "ACTIVE",
      persistedOnly: false,
    });
    expect(made.owner).to.include({ email: "owner@whole.test", role: "OWNER", status: "ACTIVE" });
    expect(made.nextSteps).to.have.length.above(3);
    const owner = await world.anonymous("whole").signIn("OWNER@whole.test", ownerPassword);
    const { usage } = await owner.get(
      `{ usage(from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z") { limits { limit used } } }`,
    );
    expect(usage.limits).to.deep.include({ limit: "seats", used: 1 });
  });

  it("leaves nothing when the owner or the slug is refused", async () => {
    await operator.get(createTenant, inputFor("taken"));
    const before = await counts();
    const refused: [object, string, string[]][] = [
      [inputFor("taken"), "TENANT_SLUG_TAKEN", []],
      [inputFor("fresh", {}, { email: "no address" }), "BAD_USER_INPUT", ["owner.email"]],
      [inputFor("fresh", {}, { password: "too short" }), "BAD_USER_INPUT", ["owner.password"]],
      [inputFor("fresh", {}, { password: "fresh fresh fresh" }), "BAD_USER_INPUT", ["owner.password"]],
      [inputFor("fresh", {}, { name: "" }), "BAD_USER_INPUT", ["owner.name"]],
      [inputFor("Not A Slug", { name: "" }), "BAD_USER_INPUT", ["slug", "name"]],
      [inputFor("fresh", { name: "a\u0000b" }), "BAD_USER_INPUT", ["name"]],
    ];
    for (const [variables, code, paths] of refused) {
      const answer = await operator.send(createTenant, variables);
      expect(answer).to.failWith(code);
      const fields = answer.errors?.[0]?.extensions?.fields as { path: string }[] | undefined;
      expect((fields ?? []).map(({ path }) => path)).to.deep.equal(paths);
    }
    expect(await counts()).to.deep.equal(before);
  });

  it("lets one of twenty win who want the same slug at once", async () => {
    const before = await counts();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => operator.send(createTenant, inputFor("coveted"))),
    );
    expect(answers.filter((answer) => !answer.errors)).to.have.length(1);
    for (const answer of answers.filter(({ errors }) => errors))
      expect(answer).to.failWith("TENANT_SLUG_TAKEN");
    expect(await counts()).to.deep.equal({ tenants: before.tenants + 1, claimed: before.claimed + 1 });
  });

  it("makes twenty at once with no schema waiting, each with a schema of its own", async () => {
    const slugs = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    const answers = await Promise.all(slugs.map((slug) => operator.send(createTenant, inputFor(slug))));
    for (const answer of answers) expect(answer).to.succeed();
    const rows = await world.admin<{ schema_name: string }>(
      "select schema_name from control.tenant where slug like 'many-%'",
    );
    expect(new Set(rows.map((row) => row.schema_name)).size).to.equal(20);
  });
});
