import { clock } from "../../src/kernel/clock.js";
import { system } from "../../src/kernel/context.js";
import type { TenantScope } from "../../src/kernel/database/tenant-scope.js";
import type { TenantOfWorld, World } from "../../test/support/world.js";
import { canary, plant } from "./canaries.js";
import { attempts, injections } from "./escapes.js";

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
const ways: Readonly<Record<string, Way>> = {
  query: (scope, statements) => each(statements, (text) => scope.query(text)),
  // Unnamed and prepared: tenants share the connections of these reads.
  raw: (scope, statements) => each(statements, (text) => scope.raw({ text })),
  prepared: (scope, statements) =>
    each(statements, (text) => scope.raw({ text, name: `escape${text.length}` })),
  read: (scope, statements) => scope.read((manager) => each(statements, (text) => manager.query(text))),
  sql: (scope, statements) => scope.read((_manager, sql) => each(statements, (text) => sql.query(text))),
  write: (scope, statements) =>
    scope.write("drill.escape", (work) => each(statements, (text) => work.query(text))),
  manager: (scope, statements) =>
    scope.write("drill.escape", (work) => each(statements, (text) => work.manager.query(text))),
};

/** Rows of another tenant or of the control schema that came back, however they are wrapped. */
const leaked = (answers: unknown): boolean => JSON.stringify(answers)?.includes(canary) ?? false;

/** What came of all attempts. */
export interface EscapeReport {
  readonly attempts: number;
  readonly ways: number;
  /** Attempts after which a row of the victim's or of the control schema could be read. */
  readonly escaped: readonly string[];
  /** Rows of the victim that are as they were, of those there were. */
  readonly untouched: number;
  readonly rows: number;
}

export const isEscaped = ({ escaped, untouched, rows }: EscapeReport): boolean =>
  escaped.length > 0 || rows === 0 || untouched !== rows;

async function scopeOf(world: World, { id }: TenantOfWorld): Promise<TenantScope> {
  const { tenancy } = world.app.house;
  const tenant = await tenancy.directory.find({ id });
  if (!tenant) throw new Error("The attacker's tenant is not found.");
  return tenancy.scope(tenant, { viewer: system, origin: { requestId: "drill", ip: null, userAgent: null } });
}

/** Every attempt in every way as one tenant, with a look at another's rows during and after it. */
export async function escape(world: World): Promise<EscapeReport> {
  const tag = clock.randomBytes(4).toString("hex");
  const { schema: victim } = await world.tenant(`victim-${tag}`);
  await plant(world, victim);
  const scope = await scopeOf(world, await world.tenant(`attacker-${tag}`));
  const looks = [`select * from ${victim}.user_account`, `select '${canary}', t.* from control.tenant t`];
  const tried = [...attempts(victim), ...injections(victim)];
  const before = await rowsOf(world, victim);
  const escaped: string[] = [];
  // One look at a time: a refused one ends its transaction, and the next would see nothing.
  for (const [attempt, look, name] of combined(tried, looks, Object.keys(ways))) {
    const way = ways[name] ?? never;
    const inside = await way(scope, [...attempt, look]).catch(() => null);
    const afterwards = await way(scope, [look]).catch(() => null);
    if (leaked(inside) || leaked(afterwards)) escaped.push(`${name}: ${attempt.join("; ")}`);
  }
  const after = await rowsOf(world, victim);
  return {
    attempts: tried.length,
    ways: Object.keys(ways).length,
    escaped,
    untouched: after.filter((row) => before.includes(row)).length,
    rows: before.length,
  };
}

const never: Way = () => Promise.reject(new Error("There is no such way."));

const combined = <A, B, C>(a: readonly A[], b: readonly B[], c: readonly C[]): [A, B, C][] =>
  a.flatMap((one) => b.flatMap((two) => c.map((three): [A, B, C] => [one, two, three])));

async function rowsOf(world: World, schema: string): Promise<string[]> {
  const rows = await world.admin<{ row: string }>(`select u::text as row from ${schema}.user_account u`);
  return rows.map(({ row }) => row);
}
