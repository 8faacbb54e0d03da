import { identifier } from "./sql.js";

/**
 * SQL of a digest of all that a tenant's schema consists of: columns, constraints, indexes, triggers, grants and
 * whatever else lies in it, with the schema's own name taken out, qualified or not, so that the search path does not
 * matter. Two tenants at one version have one fingerprint; another one means drift.
 *
 * It starts from the dependencies of the schema because these have an index: pg_class has none by schema, and reading
 * all of it for each of 1,000 tenants makes a run over them quadratic.
 */
export function fingerprintOf(schema: string): string {
  identifier(schema);
  return `(with thing as materialized (
    select classid, objid from pg_depend
    where refclassid = 'pg_namespace'::regclass and refobjid = '${schema}'::regnamespace
  ), relation as materialized (
    select c.oid, c.relname, c.relkind, c.relacl from thing join pg_class c on c.oid = objid where classid = 'pg_class'::regclass
  ), line (text) as (
    select concat_ws(' ', 'relation', relname, relkind, relacl) from relation
    union all select concat_ws(' ', 'column', r.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      a.attcollation::regcollation, a.attstorage, a.attidentity, a.attgenerated, a.attacl, pg_get_expr(d.adbin, d.adrelid))
    from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
    union all select concat_ws(' ', 'constraint', r.relname, k.conname, pg_get_constraintdef(k.oid))
    from relation r join pg_constraint k on k.conrelid = r.oid and k.contype <> 'n'
    union all select pg_get_indexdef(i.indexrelid) from relation r join pg_index i on i.indrelid = r.oid
    union all select pg_get_triggerdef(t.oid) || t.tgenabled::text
    from relation r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
    union all select concat_ws(' ', classid::regclass, count(*)) from thing group by classid
    union all select concat_ws(' ', 'schema', nspacl) from pg_namespace where oid = '${schema}'::regnamespace
  ), plain (text) as (select replace(replace(text, '${schema}.', ''), '${schema}', '') from line)
  select md5(string_agg(text, E'\\n' order by text collate "C")) from plain)`;
}
