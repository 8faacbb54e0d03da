import { expect } from "chai";
import { isObjectType } from "graphql";
import type { Rule } from "../../../src/kernel/graphql/rules.js";
import {
  allPermissions,
  isPermission,
  outranks,
  permissionsOf,
  Role,
} from "../../../src/rooms/access/index.js";
import type { Client } from "../../support/client.js";
import { World } from "../../support/world.js";

describe("roles and permissions", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it("descend: each role may do what the one below it may", () => {
    const roles = Object.values(Role);
    for (const [index, role] of roles.entries()) {
      expect(outranks(role, role)).to.equal(true);
      for (const lower of roles.slice(index + 1)) {
        expect(outranks(role, lower)).to.equal(true);
        expect(outranks(lower, role)).to.equal(false);
        for (const permission of permissionsOf(lower))
          expect(permissionsOf(role).has(permission)).to.equal(true);
      }
    }
    expect([...permissionsOf(Role.OWNER)]).to.have.members(allPermissions);
    expect(isPermission("constructor")).to.equal(false);
    expect(outranks("SOMEBODY", Role.VIEWER)).to.equal(false);
  });

  it("are what every rule asks for: none asks for a permission that does not exist", () => {
    for (const type of Object.values(world.app.schema.getTypeMap())) {
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const { permission } = (field.extensions.rule as Rule | undefined) ?? {};
        if (permission !== undefined)
          expect(isPermission(permission), `${type.name}.${field.name}`).to.equal(true);
      }
    }
  });

  it("let each role do over HTTP what the table says", async () => {
    const tenant = await world.tenant("acting");
    const clients: [Role, Client][] = [
      [Role.OWNER, tenant.owner],
      [Role.ADMIN, await tenant.person("ADMIN")],
      [Role.MEMBER, await tenant.person("MEMBER")],
      [Role.VIEWER, await tenant.person("VIEWER")],
    ];
    const fields = {
      "user:read": "users",
      "apiKey:read": "apiKeys",
      "session:read": "sessions",
      "model:read": "models",
    } as const;
    for (const [role, client] of clients) {
      const { viewer } = await client.get('{ viewer { roles permissions can(action: "apiKey:create") } }');
      expect(viewer.roles).to.deep.equal([role]);
      expect(viewer.permissions).to.deep.equal([...permissionsOf(role)].sort());
      expect(viewer.can).to.equal(permissionsOf(role).has("apiKey:create"));
      for (const [permission, field] of Object.entries(fields)) {
        const answer = await client.send(`{ ${field} { totalCount } }`);
        if (permissionsOf(role).has(permission as keyof typeof fields)) expect(answer).to.succeed();
        else expect(answer).to.failWith("FORBIDDEN");
      }
    }
    expect(await tenant.owner.send('{ viewer { can(action: "model:fly") } }')).to.failWith("BAD_USER_INPUT");
  });

  it("give the operator nothing of a tenant's", async () => {
    const operator = await world.operator();
    for (const field of [
      "users { totalCount }",
      "models { totalCount }",
      "apiKeys { totalCount }",
      "tenant { id }",
    ])
      expect(await operator.send(`{ ${field} }`)).to.failWith("FORBIDDEN");
    expect((await operator.get("{ viewer { kind roles tenant { id } permissions } }")).viewer).to.deep.equal({
      kind: "OPERATOR",
      roles: ["OPERATOR"],
      tenant: null,
      permissions: [],
    });
  });
});
