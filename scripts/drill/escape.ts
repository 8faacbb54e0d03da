import type { TenantScope } from "../../src/kernel/database/tenant-scope.js";
import { system } from "../../src/kernel/context.js";
import { World } from "../../test/support/world.js";
import { canary, plant } from "../support/canaries.js";
import { attempts, injections } from "../support/escapes.js";
import type { Drill } from "../support/programs.js";

type Way = (scope: TenantScope, statements: readonly string[]) => Promise<unknown[]>;

/** Runs one after the other on one connection, and goes on after refusals, as an attacker would. */
async function each(
  statements: readonly string[],
  run: (text: string) => Promise<unknown>,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const text of statements) answers.push(await run(text).catch(() => null));
  return answers;
}

/** Every way in which a room's SQL reaches the database. The write ends with a refusal, so that nothing stays. */
const ways: Record<string, Way> = {
  query: (scope, statements) => each(statements, (text) => scope.query(text)),
  read: (scope, statements) => scope.read((manager) => each(statements, (text) => manager.query(text))),
  sql: (scope, statements) => scope.read((_manager, sql) => each(statements, (text) => sql.query(text))),
  write: (scope, statements) =>
    scope.write("drill.escape", (work) => each(statements, (text) => work.query(text))),
  manager: (scope, statements) =>
    scope.write("drill.escape", (work) => each(statements, (text) => work.manager.query(text))),
};

/** Rows of another tenant or of the control schema that came back, however they are wrapped. */
const leaked = (answers: unknown): boolean => JSON.stringify(answers)?.includes(canary) ?? false;

/** SQL escapes as a tenant: each alone and as an injection into a statement, in every way, then a look around. */
export const program: Drill = {
  summary: "SQL escapes as a tenant: 0 rows of anybody else",
  async run(seed) {
    const world = await World.start({ poolSize: 2 });
    try {
      const [victim, attacker] = [await world.tenant("victim"), await world.tenant("attacker")];
      await plant(world, victim.schema);
      const tenant = await world.app.house.tenancy.directory.find({ id: attacker.id });
      if (!tenant) throw new Error("The attacker's tenant is not found.");
      const scope = world.app.house.tenancy.scope(tenant, {
        viewer: system,
        origin: { requestId: `drill-${seed}`, ip: null, userAgent: null },
      });
      const secrets = `select '${canary}', t.* from control.tenant t`;
      const looks = [`select * from ${victim.schema}.user_account`, secrets];
      const tried = [...attempts(victim.schema), ...injections(victim.schema)];
      const escaped: string[] = [];
      for (const attempt of tried) {
        for (const [name, way] of Object.entries(ways)) {
          const inside = await way(scope, [...attempt, ...looks]).catch(() => null);
          const afterwards = await way(scope, looks).catch(() => null);
          if (leaked(inside) || leaked(afterwards)) escaped.push(`${name}: ${attempt.join("; ")}`);
        }
      }
      const [{ rows = -1 } = {}] = await world.admin<{ rows: number }>(
        `select count(*)::int as rows from ${victim.schema}.user_account where name like '%${canary}%'`,
      );
      const control = await scope.query("select 1 as alive");
      return {
        attempts: tried.length,
        ways: Object.keys(ways).length,
        rows: escaped.length,
        escaped,
        untouched: rows,
        ok: escaped.length === 0 && rows > 0 && control.length === 1,
      };
    } finally {
      await world.stop();
    }
  },
};
