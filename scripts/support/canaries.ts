import type { World } from "../../test/support/world.js";

/** A word that no answer to anybody but its owner may hold. */
export const canary = "canary-7f3e9a";

interface TextColumn extends Record<string, unknown> {
  relation: string;
  column: string;
  type: string;
  identifying: boolean;
}

/**
 * Puts the canary into every text and JSON column of a tenant's tables, as the administrator: into rows that are
 * there, and not where a key, a reference or a closed set of values is kept. Answers the columns that carry it.
 */
export async function plant(world: World, schema: string): Promise<string[]> {
  const columns = await world.admin<TextColumn>(
    `select c.relname as relation, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
       exists (select from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'f', 'u') and a.attnum = any(k.conkey))
         or a.attname ~ '(^|_)(id|hash|by)$' as identifying
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = $1::regnamespace and c.relkind = 'r' and format_type(a.atttypid, a.atttypmod) in ('text', 'text[]', 'jsonb')
     order by 1, 2`,
    [schema],
  );
  const planted: string[] = [];
  for (const { relation, column, type, identifying } of columns) {
    if (identifying || closed.test(column)) continue;
    const expression = {
      text: `coalesce("${column}", '') || '${canary}'`,
      "text[]": `"${column}" || '${canary}'::text`,
      jsonb: marked(column),
    }[type];
    // Triggers keep the audit trail append-only for the administrator too.
    await world.admin(
      `begin; set local session_replication_role = replica; update ${schema}."${relation}" set "${column}" = ${expression}; commit`,
    );
    planted.push(`${relation}.${column}`);
  }
  return planted;
}

/** Columns that hold one of a closed set of words: another word there would fail the reading, not show a leak. */
const closed =
  /^(status|role|type|format|kind|environment|outcome|meter|metric|algorithm|window_name|number|actor_kind)$/;

/** JSON objects get one more property; others keep their shape, which their reader relies on. */
const marked = (column: string): string =>
  `case jsonb_typeof("${column}") when 'object' then "${column}" || '{"canary": "${canary}"}' else "${column}" end`;
