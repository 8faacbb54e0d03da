import { clock } from "../../kernel/clock.js";
import { notificationChannel } from "../../kernel/database/unit-of-work.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { TenantDirectory } from "./directory.js";
import { TenantStatus } from "./tenant.entity.js";

/**
 * Ends every tenant whose time to be restored has passed: first the key goes and slug and domain become free, in
 * one statement that a resumption can't slip into, then its jobs, schema and role. A killed run leaves schemas
 * without a key, and the next one drops them. Answers how many schemas went.
 */
export async function purgeDue(
  { control, jobs, log, schemas }: Kernel,
  directory: TenantDirectory,
): Promise<number> {
  // The row stays as the record that there was such a tenant.
  const ended = await control.query<{ id: string }>(
    `with ended as (
       update control.tenant set status = $1, wrapped_key = null, slug = id, custom_domain = null, updated_at = $3
       where status = $2 and purge_at <= $3 returning id)
     select id, pg_catalog.pg_notify($4, json_build_object('topic', 'tenant', 'tenant', id)::text) from ended`,
    [TenantStatus.DELETED, TenantStatus.DELETING, clock.now(), notificationChannel],
  );
  for (const { id } of ended) directory.forget(id);
  const left = await control.query<{ name: string; tenantId: string }>(
    `select s.name, t.id as "tenantId"
     from control.tenant_schema s join control.tenant t on t.id = s.tenant_id where t.status = $1`,
    [TenantStatus.DELETED],
  );
  let dropped = 0;
  for (const { name, tenantId } of left) {
    try {
      // Before the schema: a job that runs until then writes into it.
      await control.write((work) => jobs.discard(work, tenantId));
      await schemas.drop(name);
      dropped += 1;
    } catch (error) {
      // One that cannot be dropped now must not keep the others; it is tried again.
      log.error({ err: error, schema: name }, "the schema of a deleted tenant was not dropped");
    }
  }
  return dropped;
}
