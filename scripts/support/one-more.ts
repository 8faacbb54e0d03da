import { sha256 } from "../../src/kernel/crypto.js";
import type { Migration } from "../../src/kernel/database/migrations.js";

/** A migration as they usually are: a column, an index and a grant. */
export function oneMore(version: number): Migration {
  const sql = `alter table model add column bench_${version} text; create index bench_index_${version} on model (bench_${version});
    grant select on model to :tenant_role`;
  return { version, name: `bench_${version}`, sql, checksum: sha256(sql) };
}
