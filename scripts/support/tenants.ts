import { clock, newId } from "../../src/kernel/clock.js";
import type { World } from "../../test/support/world.js";
import { progressBar } from "./progress.js";

/** Fills a world with tenants: real schemas with registry rows, but nobody in them, and no password to hash. */
export async function settle(world: World, count: number): Promise<void> {
  const bar = progressBar("tenants");
  for (let done = 0; done < count; done += 50) {
    await world.app.kernel.schemas.refill(Math.min(50, count - done));
    await world.admin(
      `with warm as (select name from control.tenant_schema where tenant_id is null),
       made as (select name, $1 || substr(name, 3) as id from warm),
       claimed as (update control.tenant_schema s set tenant_id = made.id from made where made.name = s.name)
       insert into control.tenant (id, slug, name, plan, status, schema_name, created_at, updated_at)
       select id, replace(id, '_', '-'), name, 'CUSTOM', 'ACTIVE', name, $2, $2 from made`,
      ["tenant_", clock.now()],
    );
    bar.update(Math.min(count, done + 50), count);
  }
  bar.stop();
}

export const uniqueSlug = (): string => newId("s").replace("_", "-");
