import { expect } from "chai";
import { escape, isEscaped } from "../../../scripts/support/escape.js";
import { asAdministrator, raiseWall } from "../../../src/kernel/database/administration.js";
import type { Sql } from "../../../src/kernel/database/sql.js";
import { BrokenWall, inspectWall, verifyWall } from "../../../src/kernel/database/wall.js";
import { World } from "../../support/world.js";
import { failureOf } from "./ground.js";

/** Ways to take a stone out and to put it back, by the stone's name. */
const breaches: Record<string, [undo: string, redo: string]> = {
  "the application login is no superuser and makes no roles or databases": [
    "alter role tenfold_app createrole",
    "alter role tenfold_app nocreaterole",
  ],
  "the application login inherits nothing": [
    "alter role tenfold_app inherit",
    "alter role tenfold_app noinherit",
  ],
  "the application login owns nothing": [
    "create table control.owned (); alter table control.owned owner to tenfold_app",
    "drop table control.owned",
  ],
  "PUBLIC cannot use the control schema": [
    "grant usage on schema control to public",
    "revoke usage on schema control from public",
  ],
  "a tenant's role can neither log in nor rule nor become another": [
    "alter role :tenant login",
    "alter role :tenant nologin",
  ],
  "nobody but the application may become a tenant": [
    "create role spec_other; grant :tenant to spec_other",
    "drop role spec_other",
  ],
  "a tenant's schema is open to its own role alone": [
    "grant usage on schema :tenant to public",
    "revoke usage on schema :tenant from public",
  ],
  "PUBLIC cannot call functions that reach beyond rows": [
    "grant execute on function pg_catalog.set_config(text, text, boolean) to public",
    "revoke execute on function pg_catalog.set_config(text, text, boolean) from public",
  ],
  "PUBLIC cannot update pg_settings": [
    "grant update on pg_settings to public",
    "revoke update on pg_settings from public",
  ],
  "PUBLIC cannot use a procedural language": [
    "grant usage on language plpgsql to public",
    "revoke usage on language plpgsql from public",
  ],
  "PUBLIC cannot make temporary tables": [
    "do $$ begin execute 'grant temporary on database ' || current_database() || ' to public'; end $$",
    "do $$ begin execute 'revoke temporary on database ' || current_database() || ' from public'; end $$",
  ],
  "PUBLIC cannot create in schema public": [
    "grant create on schema public to public",
    "revoke create on schema public from public",
  ],
};

describe("the wall of isolation", () => {
  let world: World;
  let schema: string;
  before(async () => {
    world = await World.start({ poolSize: 2 });
    ({ schema } = await world.tenant("walled"));
  });
  after(() => world.stop());

  const sql: Sql = { query: (text, values) => world.app.kernel.control.query(text, values) };
  const admin = (text: string): Promise<unknown> => world.admin(text.replaceAll(":tenant", schema));
  const readyz = async (): Promise<{
    status: number;
    isolation: { ok: boolean; broken: string[]; withheld: string[] };
  }> => {
    const response = await fetch(`${world.url}/readyz`);
    const { checks } = (await response.json()) as {
      checks: { isolation: { ok: boolean; broken: string[]; withheld: string[] } };
    };
    return { status: response.status, isolation: checks.isolation };
  };
  async function without(stone: string, body: () => Promise<void>): Promise<void> {
    const [undo, redo] = breaches[stone] ?? ["", ""];
    await admin(undo);
    await body().finally(() => admin(redo));
  }

  it("stands in a database that was opened, every stone of it tried by the cases below", async () => {
    const checks = await inspectWall(sql);
    expect(checks.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(checks.map(({ name }) => name)).to.deep.equal(Object.keys(breaches));
    expect((await readyz()).status).to.equal(200);
  });

  for (const stone of Object.keys(breaches)) {
    it(`shows in /readyz, and takes the server out of traffic, when it falls: ${stone}`, async () => {
      await without(stone, async () => {
        const { status, isolation } = await readyz();
        expect(status).to.equal(503);
        expect(isolation).to.include({ ok: false });
        expect(isolation.broken).to.deep.equal([stone]);
        expect(isolation.withheld).to.deep.equal([]);
      });
      expect((await readyz()).status).to.equal(200);
    });
  }

  it("does not open one's own database without any stone, nor another's without those that are ours to lay", async () => {
    await without("PUBLIC cannot use a procedural language", async () => {
      expect(await failureOf(verifyWall(sql, true))).to.be.instanceOf(BrokenWall);
      expect(await verifyWall(sql, false)).to.deep.equal(["PUBLIC cannot use a procedural language"]);
    });
    await without("the application login inherits nothing", async () => {
      const error = await failureOf(verifyWall(sql, false));
      expect(error.message).to.equal(
        "The isolation of tenants is broken: the application login inherits nothing.",
      );
    });
    expect(await verifyWall(sql, true)).to.deep.equal([]);
  });

  it("takes nothing for granted where the database answers no row", async () => {
    const checks = await inspectWall({ query: async () => [] });
    expect(checks.every(({ ok }) => !ok)).to.equal(true);
  });

  it("is raised again by the next start", async () => {
    await admin(breaches["PUBLIC cannot update pg_settings"]?.[0] ?? "");
    const password = new URL((world.app.kernel.source.options as { url: string }).url).password;
    expect(await asAdministrator(world.databaseUrl, (client) => raiseWall(client, password))).to.deep.equal(
      [],
    );
    expect((await readyz()).isolation.ok).to.equal(true);
  });

  it("says what an administrator was refused who may not revoke", async () => {
    const { password } = new URL((world.app.kernel.source.options as { url: string }).url);
    await world.admin(
      "create role spec_weak login createrole password 'weak'; grant tenfold_app to spec_weak with admin option",
    );
    await admin(breaches["PUBLIC cannot update pg_settings"]?.[0] ?? "");
    const weak = Object.assign(new URL(world.databaseUrl), { username: "spec_weak", password: "weak" });
    await asAdministrator(weak.href, (client) => raiseWall(client, decodeURIComponent(password)));
    const broken = ["PUBLIC cannot update pg_settings"];
    expect(await verifyWall(sql, false)).to.deep.equal(broken);
    expect((await readyz()).isolation.broken).to.deep.equal(broken);
    await admin(breaches["PUBLIC cannot update pg_settings"]?.[1] ?? "");
    await world.admin("drop owned by spec_weak; drop role spec_weak");
  });

  it("lets no SQL of a tenant out", async () => {
    const report = await escape(world);
    expect(report.escaped).to.deep.equal([]);
    expect(isEscaped(report)).to.equal(false);
    expect(report.attempts).to.be.greaterThan(200);
  });

  it("is what keeps it in: without one stone, SQL gets out and the drill says so", async () => {
    await without("PUBLIC cannot call functions that reach beyond rows", async () => {
      const report = await escape(world);
      expect(isEscaped(report)).to.equal(true);
      expect(report.escaped.join("\n")).to.include("set_config('role', 'none', false)");
    });
  });
});
