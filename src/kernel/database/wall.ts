import { applicationLogin } from "./administration.js";
import { publicMay, reachingFunctions } from "./reach.js";
import type { Sql } from "./sql.js";

/**
 * What the wall hides: every row of another tenant, its statistics (pg_stats), its statements (pg_stat_activity),
 * its notifications. What no Postgres lets us hide from SQL run as a tenant: how many tenants there are, their
 * schemas' opaque names, and the sizes and row counts of their tables (pg_class, pg_stat_all_tables). None of it is
 * reachable through the graph; it takes an injection to read it, and no value of a row is among it.
 */
export interface WallCheck {
  readonly name: string;
  readonly ok: boolean;
  /** Whether a managed Postgres may withhold it, which is said at start-up; the others are ours and must stand. */
  readonly revocation: boolean;
}

const login = `(select oid from pg_catalog.pg_roles where rolname = '${applicationLogin}')`;
const schemaIsClosed = (
  name: string,
  privilege: string,
): string => `not exists (select from pg_catalog.pg_namespace n
  where n.nspname = '${name}' and ${publicMay("n.nspacl", "n.nspowner", "n", privilege)})`;
const tenants = `control.tenant_schema t join pg_catalog.pg_roles r on r.rolname = t.name`;

/** Each stone as a condition that must be true, read from the catalogs of this very database. */
const structure: Record<string, string> = {
  "the application login is no superuser and makes no roles or databases": `(select not (rolsuper or rolbypassrls or
    rolcreaterole or rolcreatedb or rolreplication) from pg_catalog.pg_roles where oid = ${login})`,
  "the application login inherits nothing": `(select not rolinherit from pg_catalog.pg_roles where oid = ${login})
    and not exists (select from pg_catalog.pg_auth_members where member = ${login} and inherit_option)`,
  "the application login owns nothing": `not exists (select from pg_catalog.pg_shdepend
    where refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass and refobjid = ${login} and deptype = 'o')`,
  "PUBLIC cannot use the control schema": schemaIsClosed("control", "USAGE"),
  "a tenant's role can neither log in nor rule nor become another": `not exists (select from ${tenants}
    where r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb
      or exists (select from pg_catalog.pg_auth_members m where m.member = r.oid))`,
  "nobody but the application may become a tenant": `not exists (select from ${tenants}
    join pg_catalog.pg_auth_members m on m.roleid = r.oid
    where m.inherit_option or (m.set_option and m.member <> ${login}))`,
  "a tenant's schema is open to its own role alone": `not exists (select from ${tenants}
    join pg_catalog.pg_namespace n on n.nspname = t.name, pg_catalog.aclexplode(n.nspacl) g
    where g.grantee not in (r.oid, n.nspowner) or (g.grantee = r.oid and g.privilege_type <> 'USAGE'))`,
};

const revocations: Record<string, string> = {
  "PUBLIC cannot call functions that reach beyond rows": `not exists (select from pg_catalog.pg_proc p
    where p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace and p.proname ~ '${reachingFunctions}'
      and ${publicMay("p.proacl", "p.proowner", "f", "EXECUTE")})`,
  "PUBLIC cannot update pg_settings": `(select not ${publicMay("s.relacl", "s.relowner", "r", "UPDATE")}
    from pg_catalog.pg_class s where s.oid = 'pg_catalog.pg_settings'::pg_catalog.regclass)`,
  "PUBLIC cannot use a procedural language": `not exists (select from pg_catalog.pg_language l
    where l.lanispl and l.lanpltrusted and ${publicMay("l.lanacl", "l.lanowner", "l", "USAGE")})`,
  "PUBLIC cannot make temporary tables": `(select not ${publicMay("d.datacl", "d.datdba", "d", "TEMPORARY")}
    from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())`,
  "PUBLIC cannot create in schema public": schemaIsClosed("public", "CREATE"),
};

const stones = Object.entries({ ...structure, ...revocations });
const statement = `select ${stones.map(([, condition], index) => `coalesce(${condition}, false) as "${index}"`).join(", ")}`;

/** Verifies the wall of isolation against the database as it stands now; `/readyz` reports the answer. */
export async function inspectWall(sql: Sql): Promise<WallCheck[]> {
  const [row = {}] = await sql.query<Record<string, boolean>>(statement);
  return stones.map(([name], index) => ({ name, ok: row[index] === true, revocation: name in revocations }));
}

/** The isolation wall is not whole, and nothing is served behind a broken one. */
export class BrokenWall extends Error {}

/**
 * Answers the stones that this database withholds. Throws `BrokenWall` when one is missing that is ours to lay, or
 * any in a database of our own, where nobody but us can have removed it.
 */
export async function verifyWall(sql: Sql, ownDatabase: boolean): Promise<string[]> {
  const broken = (await inspectWall(sql)).filter(({ ok }) => !ok);
  const fatal = broken.filter(({ revocation }) => ownDatabase || !revocation);
  if (fatal.length > 0)
    throw new BrokenWall(`The isolation of tenants is broken: ${fatal.map(({ name }) => name).join("; ")}.`);
  return broken.map(({ name }) => name);
}
