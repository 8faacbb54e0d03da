/**
 * Functions of Postgres through which SQL reaches beyond the rows of its tables, as a pattern of their names: a
 * session's settings and locks, large objects, the log, other sessions' ears, time, and text run as SQL.
 */
export const reachingFunctions =
  "^(set_config|pg_notify|lo_.*|loread|lowrite|pg_(try_)?advisory_.*|pg_logical_emit_message|pg_export_snapshot|" +
  "pg_sleep.*|(query|table|schema|database|cursor)_to_xml.*|ts_stat|ts_rewrite)$";

/** Those of them that the application itself uses. */
export const applicationFunctions = "^(set_config|pg_notify|pg_(try_)?advisory_.*)$";

/** SQL: whether an access control list gives `privilege` to everybody; an empty list stands for the default one. */
export const publicMay = (list: string, owner: string, kind: string, privilege: string): string =>
  `exists (select from pg_catalog.aclexplode(coalesce(${list}, pg_catalog.acldefault('${kind}', ${owner}))) g
    where g.grantee = 0 and g.privilege_type = '${privilege}')`;
