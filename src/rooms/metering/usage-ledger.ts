import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { Meter } from "./meter.js";
import type { MeteringService } from "./metering.service.js";

/** One use waiting to be committed. */
interface Entry extends PromiseWithResolvers<void> {
  scope: TenantScope;
  quantity: number;
  subject: string | null;
}

/**
 * Commits uses that arrive together in one transaction: while one commit of a tenant is under way, the next uses
 * gather, and share the next. Each caller goes on only when its own use is durable, so nothing is answered that is
 * not metered; with a limit in the way, each is decided alone.
 */
export class UsageLedger {
  readonly #waiting = new Map<string, Entry[]>();

  constructor(
    private readonly metering: MeteringService,
    private readonly meter: Meter,
    private readonly operation: string,
  ) {}

  /** Resolves once the use is committed. Throws QUOTA_EXCEEDED. */
  consume(scope: TenantScope, quantity: number, subject: string | null): Promise<void> {
    // Inside an open unit of work the use belongs to that one transaction.
    if (scope.joined) return this.metering.consume(scope.joined, this.meter, quantity, subject);
    const entry = { ...Promise.withResolvers<void>(), scope, quantity, subject };
    const queue = this.#waiting.get(scope.id);
    if (queue) queue.push(entry);
    else {
      this.#waiting.set(scope.id, []);
      void this.#commit(scope.id, [entry]);
    }
    return entry.promise;
  }

  async #commit(tenantId: string, entries: Entry[]): Promise<void> {
    for (let batch = entries; batch.length > 0; batch = this.#waiting.get(tenantId)?.splice(0) ?? []) {
      await this.#together(batch);
    }
    this.#waiting.delete(tenantId);
  }

  async #together(batch: Entry[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    try {
      await first.scope.write(this.operation, (work) =>
        this.metering.consumeAll(
          work,
          this.meter,
          batch.map(({ quantity, subject, scope }) => ({ quantity, subject, actor: scope.actor.viewer.id })),
        ),
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length === 1) return first.reject(error);
      for (const entry of batch) await this.#together([entry]);
    }
  }
}
