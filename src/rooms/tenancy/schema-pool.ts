import type { Sql } from "../../kernel/database/sql.js";
import { Unavailable } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";

/** Schemas made ahead of time, so that a new tenant waits for a row lock and not for a hundred statements. */
export class SchemaPool {
  #refilling: Promise<void> | undefined;

  constructor(private readonly kernel: Kernel) {}

  /** Gives a warm schema to a tenant; makes one on the spot when the pool is empty. */
  async claim(control: Sql, tenantId: string): Promise<string> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const [claimed] = await control.query<{ name: string }>(
        `update control.tenant_schema set tenant_id = $1 where name = (
           select name from control.tenant_schema where tenant_id is null and version = $2
           order by created_at limit 1 for update skip locked) returning name`,
        [tenantId, this.kernel.schemas.version],
      );
      if (claimed) return claimed.name;
      await this.kernel.schemas.refill(1);
    }
    throw new Unavailable("No schema is free for a new tenant. Try again in a moment.");
  }

  /** Fills the pool again in the background; one run at a time. */
  refill(): Promise<void> {
    this.#refilling ??= this.kernel.schemas
      .refill(this.kernel.config.warmTenants)
      .then(() => {})
      .catch((error: unknown) =>
        this.kernel.log.error({ err: error }, "the pool of warm tenants was not refilled"),
      )
      .finally(() => {
        this.#refilling = undefined;
      });
    return this.#refilling;
  }
}
