import type { Sql } from "../../kernel/database/sql.js";
import { Unavailable } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";

/** A claim may lose each schema it waits for to another; more often than this it is not bad luck. */
const attempts = 20;

/** Schemas made ahead of time, so that a new tenant waits for a row lock and not for a hundred statements. */
export class SchemaPool {
  #refilling: Promise<void> | undefined;
  #claimed = 0;
  /** Schemas asked for on the spot, made one after the other: many at once would only wait for each other's locks. */
  #making: Promise<unknown> = Promise.resolve();

  constructor(private readonly kernel: Kernel) {}

  /** Gives a warm schema to a tenant; makes one on the spot when the pool is empty. Throws UNAVAILABLE. */
  async claim(control: Sql, tenantId: string): Promise<string> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const [claimed] = await control.query<{ name: string }>(
        `update control.tenant_schema set tenant_id = $1 where name = (
           select name from control.tenant_schema where tenant_id is null and version = $2
           order by created_at limit 1 for update skip locked) returning name`,
        [tenantId, this.kernel.schemas.version],
      );
      if (claimed) return claimed.name;
      await this.#makeOne(control);
    }
    throw new Unavailable("No schema is free for a new tenant. Try again in a moment.");
  }

  /** Schemas that other claims hold without having committed count as waiting still, so one more than those is asked for. */
  #makeOne(control: Sql): Promise<unknown> {
    const make = async (): Promise<void> => {
      const [row] = await control.query<{ waiting: number }>(
        "select count(*)::int as waiting from control.tenant_schema where tenant_id is null and version = $1",
        [this.kernel.schemas.version],
      );
      await this.kernel.schemas.refill((row?.waiting ?? 0) + 1);
    };
    this.#making = this.#making.then(make, make);
    return this.#making;
  }

  /** After a claim: fills the pool once half of it is used, and not each time, since a run opens a connection. */
  topUp(): void {
    this.#claimed += 1;
    if (this.#claimed * 2 < this.kernel.config.warmTenants) return;
    this.#claimed = 0;
    void this.refill();
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

  /** Resolves when no schema is being made any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#refilling, this.#making]);
  }
}
