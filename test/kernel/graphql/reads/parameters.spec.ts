import { expect } from "chai";
import { put } from "../../../../scripts/support/planner-rows.js";
import { newId } from "../../../../src/kernel/clock.js";
import { statementsOf } from "../../../support/statements.js";
import { type TenantOfWorld, World } from "../../../support/world.js";

describe("what callers send to a planned read", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("attacked");
    const at = "2024-01-01T00:00:00Z";
    const model = {
      id: newId("model"),
      name: "it's one",
      type: "REGRESSION",
      created_at: at,
      updated_at: at,
    };
    await put(world, tenant.schema, "model", [model]);
    await tenant.owner.get("{ viewer { id } }");
  });
  after(() => world.stop());

  const attacks = [
    "'",
    "' or '1'='1",
    "'; drop table model; --",
    "\\'; select 1 --",
    "$1",
    '"',
    "%",
    "_",
    "') > 0 or strpos('a','a",
    "/* */",
  ];

  it("is never part of a statement: filters, ids and cursors are parameters", async () => {
    const document = `query ($text: String, $id: ID!, $after: String) {
      models(filter: { nameContains: $text }, after: $after, orderBy: { field: NAME }) { nodes { name } totalCount } model(id: $id) { id } }`;
    const texts = new Set<string>();
    for (const text of attacks) {
      const after = Buffer.from(JSON.stringify(["Model", "name", text, text])).toString("base64url");
      const sent = await statementsOf(async () => {
        const { models, model } = await tenant.owner.get(document, { text, id: text, after });
        expect(models.totalCount, text).to.equal(text === "'" ? 1 : 0);
        expect(model).to.equal(null);
      });
      expect(sent).to.have.length(1);
      for (const one of sent) texts.add(one);
    }
    expect(texts.size).to.equal(1);
  });

  it("is no part of it either where the document itself says it", async () => {
    for (const text of attacks) {
      const literal = JSON.stringify(text);
      const sent = await statementsOf(() =>
        tenant.owner.get(
          `{ models(filter: { nameContains: ${literal} }) { totalCount } model(id: ${literal}) { id } }`,
        ),
      );
      expect(sent).to.have.length(1);
      expect(sent[0]).to.match(/strpos\(lower\(\w+\."name"\), lower\(\$1\)\) > 0/);
    }
    const names = await tenant.owner.get("{ models { nodes { name } } }");
    expect(names.models.nodes).to.deep.equal([{ name: "it's one" }]);
  });

  it("answers a forged cursor with BAD_USER_INPUT, as plain resolvers do", async () => {
    const forged = [
      ["Model", "id", "a"],
      ["User", "id", "a", "a"],
      ["Model", "name", "\u0000", "a"],
      "x",
      null,
    ];
    for (const value of forged) {
      const after = Buffer.from(JSON.stringify(value)).toString("base64url");
      const answer = await tenant.owner.send(
        "query ($after: String) { models(after: $after, orderBy: { field: NAME }) { nodes { id } } }",
        { after },
      );
      expect(answer, JSON.stringify(value)).to.failWith("BAD_USER_INPUT");
    }
  });

  it("answers text with NUL alike, whether or not a row is read", async () => {
    for (const fields of ["nodes { id }", "totalCount", "pageInfo { hasPreviousPage }", "__typename"]) {
      const answer = await tenant.owner.send(
        `query ($text: String) { models(filter: { nameContains: $text }) { ${fields} } }`,
        { text: "\u0000" },
      );
      expect(answer, fields).to.failWith("BAD_USER_INPUT");
    }
  });

  it("reads its own tenant with a statement that was prepared for another", async () => {
    const other = await world.tenant("beside");
    const document = "{ models { nodes { name } totalCount } users { nodes { email } } }";
    const ask = async ({ owner, slug }: TenantOfWorld): Promise<void> => {
      const { models, users } = await owner.get(document);
      expect(models.nodes).to.deep.equal(slug === "beside" ? [] : [{ name: "it's one" }]);
      expect(models.totalCount).to.equal(models.nodes.length);
      expect(users.nodes).to.deep.equal([{ email: `owner@${slug}.test` }]);
    };
    for (let turn = 0; turn < 10; turn += 1)
      await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 3 === 0 ? other : tenant)));
  });

  it("is the same statement whatever the values are, but for the length of a page", async () => {
    const document =
      "query ($first: Int, $text: String) { models(first: $first, filter: { nameContains: $text }) { nodes { id } } }";
    const texts = new Set<string>();
    for (const first of [1, 2, 3])
      for (const text of ["a", "b", "c", null, undefined])
        for (const sent of await statementsOf(() => tenant.owner.get(document, { first, text })))
          texts.add(sent);
    expect(texts.size).to.equal(6);
  });
});
