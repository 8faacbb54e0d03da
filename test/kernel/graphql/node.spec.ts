import { expect } from "chai";
import fc from "fast-check";
import { createApiKey, inviteUser } from "../../support/operations.js";
import { type TenantOfWorld, World } from "../../support/world.js";

const node = "query ($id: ID!) { node(id: $id) { __typename id } }";

describe("node", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("noded");
    other = await world.tenant("other");
  });
  after(() => world.stop());

  /** Ids of everything identity and tenancy know of a tenant, by type. */
  const idsOf = async ({ id, owner }: TenantOfWorld, slug: string): Promise<Record<string, string>> => {
    const invited = await owner.get(inviteUser, {
      input: { email: `n@${slug}.test`, name: "N", role: "VIEWER" },
    });
    const key = await owner.get(createApiKey, { input: { name: "k", scopes: ["model:read"] } });
    const { sessions } = await owner.get("{ sessions { nodes { id } } }");
    const model = await owner.get(
      'mutation { createModel(input: { name: "m", type: CLASSIFICATION, target: "y" }) { model { id } } }',
    );
    return {
      Tenant: id,
      User: invited.inviteUser.user.id,
      ApiKey: key.createApiKey.apiKey.id,
      Session: sessions.nodes[0].id,
      Model: model.createModel.model.id,
    };
  };

  it("finds one's own things by their id, and another's as little as unknown ones", async () => {
    const [mine, foreign] = [await idsOf(tenant, "noded"), await idsOf(other, "other")];
    for (const [type, id] of Object.entries(mine)) {
      expect((await tenant.owner.get(node, { id })).node, type).to.deep.equal({ __typename: type, id });
      const unknown = `${id.slice(0, id.lastIndexOf("_"))}_01h455vb4pex5vsknk084sn02q`;
      const missing = await tenant.owner.send(node, { id: unknown });
      expect(missing.data).to.deep.equal({ node: null });
      expect(await tenant.owner.send(node, { id: foreign[type] })).to.deep.equal(missing);
    }
  });

  it("covers every type that is a Node", () => {
    const types = world.app.schema
      .getPossibleTypes(world.app.schema.getType("Node") as never)
      .map(({ name }) => name);
    const found = world.app.house.rooms.flatMap((room) => room.nodes ?? []);
    expect(found).to.have.length(types.length);
  });

  it("finds tenants for the operator", async () => {
    const operator = await world.operator();
    expect((await operator.get(node, { id: tenant.id })).node).to.deep.equal({
      __typename: "Tenant",
      id: tenant.id,
    });
    expect((await operator.get(node, { id: "tenant_01h455vb4pex5vsknk084sn02q" })).node).to.equal(null);
  });

  it("asks for the permission of the type", async () => {
    const viewer = await tenant.person("VIEWER");
    const { apiKeys } = await tenant.owner.get("{ apiKeys { nodes { id } } }");
    expect(await viewer.send(node, { id: apiKeys.nodes[0].id })).to.failWith("FORBIDDEN");
    expect(await world.anonymous("noded").send(node, { id: tenant.id })).to.failWith("UNAUTHENTICATED");
  });

  it("answers null for whatever is no id", async () => {
    const prefixes = ["user", "tenant", "key", "session", "model", "__proto__", "constructor", ""];
    const suffix = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constant("\u0000"),
      fc.constant("8".repeat(26)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...prefixes), suffix, async (prefix, rest) => {
        const answer = await tenant.owner.send(node, { id: `${prefix}_${rest}` });
        expect(answer.errors).to.equal(undefined);
        expect(answer.data).to.deep.equal({ node: null });
      }),
      { numRuns: 100 },
    );
  });
});
