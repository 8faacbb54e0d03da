import { applicationLogin } from "./administration.js";
import type { Sql } from "./sql.js";

/** One stone of the isolation wall and whether it stands. */
export interface WallCheck {
  readonly name: string;
  readonly ok: boolean;
}

const login = `(select oid from pg_catalog.pg_roles where rolname = '${applicationLogin}')`;
const publicMay = (acl: string, owner: string, kind: string, privilege: string): string =>
  `exists (select from pg_catalog.aclexplode(coalesce(${acl}, pg_catalog.acldefault('${kind}', ${owner}))) g
    where g.grantee = 0 and g.privilege_type = '${privilege}')`;

/** Each stone as a condition that must be true, read from the catalogs of this very database. */
const conditions: Record<string, string> = {
  "the application login is not a superuser and cannot bypass row security": `(select not rolsuper and not rolbypassrls and not rolcreaterole and not rolcreatedb from pg_catalog.pg_roles where oid = ${login})`,
  "the application login inherits nothing": `(select not rolinherit from pg_catalog.pg_roles where oid = ${login})
    and not exists (select from pg_catalog.pg_auth_members where member = ${login} and inherit_option)`,
  "PUBLIC cannot call set_config": `not ${publicMay("p.proacl", "p.proowner", "f", "EXECUTE")}`,
  "PUBLIC cannot update pg_settings": `not ${publicMay("s.relacl", "s.relowner", "r", "UPDATE")}`,
  "PUBLIC cannot use plpgsql": `not ${publicMay("l.lanacl", "l.lanowner", "l", "USAGE")}`,
  "PUBLIC cannot make temporary tables": `not ${publicMay("d.datacl", "d.datdba", "d", "TEMPORARY")}`,
  "PUBLIC cannot create in schema public": `not exists (select from pg_catalog.pg_namespace n where n.nspname = 'public'
    and ${publicMay("n.nspacl", "n.nspowner", "n", "CREATE")})`,
  "PUBLIC cannot use the control schema": `not exists (select from pg_catalog.pg_namespace n where n.nspname = 'control'
    and ${publicMay("n.nspacl", "n.nspowner", "n", "USAGE")})`,
  "no tenant's role may log in or inherit": `not exists (select from control.tenant_schema t
    join pg_catalog.pg_roles r on r.rolname = t.name
    where r.rolcanlogin or r.rolsuper or exists (select from pg_catalog.pg_auth_members m where m.member = r.oid))`,
};

const statement = `select ${Object.values(conditions)
  .map((condition, index) => `coalesce(${condition}, false) as "${index}"`)
  .join(", ")}
  from pg_catalog.pg_proc p, pg_catalog.pg_class s, pg_catalog.pg_language l, pg_catalog.pg_database d
  where p.oid = 'pg_catalog.set_config(text,text,boolean)'::pg_catalog.regprocedure
    and s.oid = 'pg_catalog.pg_settings'::pg_catalog.regclass
    and l.lanname = 'plpgsql' and d.datname = pg_catalog.current_database()`;

/** Verifies the wall of isolation against the database as it stands now; `/readyz` reports the answer. */
export async function inspectWall(sql: Sql): Promise<WallCheck[]> {
  const [row] = await sql.query<Record<string, boolean>>(statement);
  return Object.keys(conditions).map((name, index) => ({ name, ok: row?.[index] === true }));
}
