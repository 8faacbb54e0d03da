import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { QuotaExceeded } from "../../kernel/errors.js";
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
 * not metered; with a limit in the way, each is decided alone. Should the connection break while the commit is under
 * way, its callers are refused although it may have happened: metered and not answered, never the other way round.
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
      void this.#commitAll(scope.id, [entry]);
    }
    return entry.promise;
  }

  /** Never rejects: each entry has been told its own end, and the queue is free again afterwards. */
  async #commitAll(tenantId: string, entries: Entry[]): Promise<void> {
    for (let batch = entries; batch.length > 0; batch = this.#waiting.get(tenantId)?.splice(0) ?? []) {
      await this.#settle(batch);
    }
    this.#waiting.delete(tenantId);
  }

  async #settle(batch: Entry[]): Promise<void> {
    const refusal = await this.#commit(batch);
    if (refusal === null) for (const { resolve } of batch) resolve();
    // Anything but a limit meets every one of them alike, and may have come after the commit: tried again, it counts twice.
    else if (batch.length === 1 || !(refusal instanceof QuotaExceeded))
      for (const { reject } of batch) reject(refusal);
    else await this.#settleAlone(batch);
  }

  /** In the order of arrival. Within a batch limits only fill up, so the same quantity need not be asked for twice. */
  async #settleAlone(batch: Entry[]): Promise<void> {
    const refusals = new Map<number, unknown>();
    for (const entry of batch) {
      const refusal = refusals.get(entry.quantity) ?? (await this.#commit([entry]));
      if (refusal === null) entry.resolve();
      else entry.reject(refusal);
      if (refusal instanceof QuotaExceeded) refusals.set(entry.quantity, refusal);
    }
  }

  /** Answers why it did not commit, or null. */
  async #commit(batch: Entry[]): Promise<unknown> {
    try {
      const uses = batch.map(({ quantity, subject, scope }) => ({
        quantity,
        subject,
        actor: scope.actor.viewer.id,
      }));
      await batch[0]?.scope.write(this.operation, (work) => this.metering.consumeAll(work, this.meter, uses));
      return null;
    } catch (error) {
      return error ?? new Error("The usage could not be recorded.");
    }
  }
}
