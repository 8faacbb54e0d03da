import { expect } from "chai";
import { newId } from "../../../src/kernel/clock.js";
import { system } from "../../../src/kernel/context.js";
import type { TenantScope } from "../../../src/kernel/database/tenant-scope.js";
import type { List, Page } from "../../../src/kernel/graphql/connection.js";
import { page } from "../../../src/kernel/graphql/connection.js";
import type { Order } from "../../../src/kernel/graphql/reads/cursor.js";
import { User } from "../../../src/rooms/identity/index.js";
import { type TenantOfWorld, World } from "../../support/world.js";

const users = `query ($first: Int, $after: String) { users(first: $first, after: $after) {
  nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const listOf = (order: Order): List<User> => ({ entity: User, order, conditions: [] });

describe("connections", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let scope: TenantScope;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("paged");
    const { tenancy } = world.app.house;
    const known = await tenancy.directory.find({ id: tenant.id });
    if (!known) throw new Error("The tenant is not there.");
    scope = tenancy.scope(known, {
      viewer: system,
      origin: { requestId: "test", ip: null, userAgent: null },
    });
  });
  after(() => world.stop());

  /** People made by SQL, where times have microseconds. */
  const people = async (rows: { name: string; createdAt: string }[]): Promise<string[]> => {
    const ids = rows.map(() => newId("user"));
    await world.admin(
      `insert into ${tenant.schema}.user_account (id, email, name, role, status, created_at, updated_at)
       select id, id || '@paged.test', name, 'VIEWER', 'DEACTIVATED', created_at, created_at
       from unnest($1::text[], $2::text[], $3::timestamptz[]) as p (id, name, created_at)`,
      [ids, rows.map(({ name }) => name), rows.map(({ createdAt }) => createdAt)],
    );
    return ids;
  };
  beforeEach(() => world.admin(`delete from ${tenant.schema}.user_account where status = 'DEACTIVATED'`));

  const walk = async (
    order: Order,
    size: number,
    between: () => Promise<unknown> = async () => {},
  ): Promise<string[]> => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let turn = 0; turn < 100; turn += 1) {
      const part: Page<User> = await page(scope, listOf(order), { first: size, after });
      seen.push(...part.nodes.map(({ id }) => id));
      if (!part.pageInfo.hasNextPage) return seen;
      after = part.pageInfo.endCursor;
      await between();
    }
    throw new Error("The list has no end.");
  };

  it("give every row once, in order, however the pages are cut", async () => {
    const names = ["Ana", "Ana", "Ana", "Åsa", "bo", "Zoë", "'; drop table user_account --", "Ana", ""];
    await people(names.map((name) => ({ name, createdAt: "2026-01-01T00:00:00Z" })));
    for (const property of ["name", "id", "createdAt"])
      for (const direction of ["ASC", "DESC"] as const) {
        const all = await walk({ property, direction }, 100);
        expect(all).to.have.length(names.length + 1);
        for (const size of [1, 2, 3, 7]) expect(await walk({ property, direction }, size)).to.deep.equal(all);
      }
    const forth = await walk({ property: "name", direction: "ASC" }, 2);
    expect(await walk({ property: "name", direction: "DESC" }, 2)).to.deep.equal(forth.toReversed());
  });

  it("tell times apart that differ by microseconds", async () => {
    const times = [0, 1, 2, 499, 500, 501, 999].map(
      (micro) => `2026-01-01T00:00:00.123${String(micro).padStart(3, "0")}Z`,
    );
    const ids = await people(times.map((createdAt) => ({ name: "same", createdAt })));
    for (const size of [1, 2, 3]) {
      const forth = await walk({ property: "createdAt", direction: "ASC" }, size);
      expect(forth.filter((id) => ids.includes(id))).to.deep.equal(ids);
      const back = await walk({ property: "createdAt", direction: "DESC" }, size);
      expect(back.filter((id) => ids.includes(id))).to.deep.equal(ids.toReversed());
    }
  });

  it("neither skip nor repeat a row while others are added and removed", async () => {
    const ids = await people(
      Array.from({ length: 12 }, (_, index) => ({
        name: `n${index % 3}`,
        createdAt: "2026-01-01T00:00:00Z",
      })),
    );
    const seen = await walk({ property: "name", direction: "ASC" }, 3, async () => {
      await people([
        { name: "a", createdAt: "2026-01-01T00:00:00Z" },
        { name: "z", createdAt: "2026-01-01T00:00:00Z" },
      ]);
    });
    expect(new Set(seen).size).to.equal(seen.length);
    expect(seen).to.include.members(ids);
    // The row a cursor was made from may be gone.
    const first: Page<User> = await page(scope, listOf({ property: "name", direction: "ASC" }), { first: 5 });
    await world.admin(`delete from ${tenant.schema}.user_account where id = $1`, [first.nodes.at(-1)?.id]);
    const next = await page(scope, listOf({ property: "name", direction: "ASC" }), {
      first: 5,
      after: first.pageInfo.endCursor,
    });
    expect(next.nodes.map(({ id }) => id)).to.not.include.members(first.nodes.map(({ id }) => id));
  });

  it("take 1 to 100 at once, 20 when not told, and say what lies around", async () => {
    await people(Array.from({ length: 24 }, () => ({ name: "n", createdAt: "2026-01-01T00:00:00Z" })));
    for (const first of [0, -1, 101]) {
      const answer = await tenant.owner.send(users, { first });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "first");
    }
    for (const variables of [{}, { first: null }]) {
      const { users: found } = await tenant.owner.get(users, variables);
      expect(found.nodes).to.have.length(20);
      expect(found.pageInfo).to.deep.equal({
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: found.edges[0].cursor,
        endCursor: found.edges[19].cursor,
      });
      const { users: rest } = await tenant.owner.get(users, { after: found.pageInfo.endCursor });
      expect(rest.nodes).to.have.length(5);
      expect(rest.pageInfo).to.include({ hasNextPage: false, hasPreviousPage: true });
    }
    const { users: all } = await tenant.owner.get(users, { first: 100 });
    expect(all.nodes).to.have.length(25);
  });

  it("refuse every cursor that is not theirs", async () => {
    const id = newId("user");
    const cursors = [
      "",
      "nonsense",
      "é",
      forged(null),
      forged({}),
      forged(["id"]),
      forged(["User", "name", "n", id]),
      forged(["User", "id", 1, id]),
      forged(["User", "id", id, "\u0000"]),
      forged(["Model", "id", id, id]),
    ];
    for (const after of cursors)
      expect(await tenant.owner.send(users, { after }), after).to.failWith("BAD_USER_INPUT");
    for (const value of ["the day before", "", "\u0000", "2026-13-45", "infinity is not it"]) {
      const order: Order = { property: "createdAt", direction: "ASC" };
      const refused = await page(scope, listOf(order), {
        first: 2,
        after: forged(["User", "createdAt", value, id]),
      }).then(
        () => null,
        (error: { code?: string }) => error.code,
      );
      expect(refused, value).to.equal("BAD_USER_INPUT");
    }
  });

  it("count only for who asks", async () => {
    const statements: string[] = [];
    const { source } = world.app.kernel;
    const { logger } = source;
    const spy = { ...logger, logQuery: (query: string) => void statements.push(query) };
    Object.assign(source, { logger: Object.setPrototypeOf(spy, logger) });
    const counts = (): number =>
      statements.splice(0).filter((statement) => /count\(/i.test(statement)).length;
    const people = await page(scope, listOf({ property: "id", direction: "ASC" }), { first: 1 });
    expect(counts()).to.equal(0);
    expect(await people.totalCount).to.equal(1);
    expect(counts()).to.equal(1);
    Object.assign(source, { logger });
  });
});
