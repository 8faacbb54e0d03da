import { newId } from "../../src/kernel/clock.js";
import type { World } from "../../test/support/world.js";

export type Row = Readonly<Record<string, unknown>>;

/** A number as it is to stand in a JSON column: JavaScript would write 0.10 and 1e-7 in its own way. */
export const raw = (text: string): string => `@raw ${text}@`;

/** Texts that break where something is quoted, escaped, measured or cut wrongly. */
export const texts = [
  `O'Brien says "no" \\ 'yes' \\" \\\\`,
  "tab\tline\nreturn\rback\bfeed\f\u0001\u001f\u007f\u0080",
  "🧪 👩‍👩‍👧 ⃣ 𝒳 \ud7ff\ue000\uffff",
  "\u2028 and \u2029 and \u0085",
  "</script><!-- %_ % \\_ $1 $$ :name ::text ?",
  "ÄÖÜ ß İ ı ﬁ e\u0301",
  '{"a":[1,2,{}]}',
  " ",
  "null",
  "x".repeat(20_000),
];

/** Times at the edges of what the graph can say; Postgres counts microseconds, JavaScript doesn't. */
export const times = [
  "2024-05-06 07:08:09.123456+00",
  "1969-12-31 23:59:59.999999+00",
  "0001-01-01 00:00:00+00",
  "9999-12-31 23:59:59.999999+00",
  "2000-01-01 00:00:00.0005+00",
  "2024-02-29 12:00:00.289+05:30",
  "1900-01-01 00:00:00.001+00",
];

/** Times beyond them. */
export const farTimes = [
  "10000-01-01 00:00:00+00",
  "infinity",
  "-infinity",
  "0044-03-15 12:00:00+00 BC",
  "294276-12-31 23:59:59+00",
];

export const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Ids in the order in which they are made, as everywhere. */
export const ids = (prefix: string, count: number): string[] => many(count, () => newId(prefix));

/** Rows as an administrator puts them, past the API and past foreign keys. What none of them names is the table's default. */
export async function put(world: World, schema: string, table: string, rows: readonly Row[]): Promise<void> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => `"${name}"`);
  if (columns.length === 0) return;
  const json = JSON.stringify(rows).replaceAll(/"@raw ([^"@]+)@"/g, "$1");
  await world.admin(
    `with unchecked as materialized (select set_config('session_replication_role', 'replica', false) as role)
     insert into ${schema}.${table} (${columns.join()}) select ${columns.map((name) => `r.${name}`).join()} from unchecked,
       lateral json_populate_recordset(null::${schema}.${table}, case when unchecked.role <> '' then $1::json end) r`,
    [json],
  );
}
