import type { Notifications } from "../../kernel/database/notifications.js";
import { TenantSuspended } from "../../kernel/errors.js";
import { isServed, type TenantDirectory } from "./directory.js";

/**
 * Tells work that lasts when its tenant is suspended or put into deletion. A request asks once, at the door; a
 * training or a large upload would go on to its end.
 */
export class ServiceWatch {
  readonly #watched = new Map<string, Set<AbortController>>();

  constructor(
    private readonly directory: TenantDirectory,
    notifications: Notifications,
  ) {
    notifications.on("tenant", ({ tenant }) => void this.#check(String(tenant)));
    notifications.onGap(() => {
      for (const id of this.#watched.keys()) void this.#check(id);
    });
  }

  /**
   * Runs `work` with a signal that aborts, within moments, once the tenant is not served: its reason is
   * TENANT_SUSPENDED, or the error for which the tenant could not be looked up. It may have aborted already when
   * `work` is called.
   */
  async whileServed<T>(tenantId: string, work: (served: AbortSignal) => Promise<T>): Promise<T> {
    const end = new AbortController();
    const others = this.#watched.get(tenantId) ?? new Set();
    this.#watched.set(tenantId, others.add(end));
    try {
      // Heard before it is asked, so that no change falls between the two.
      await this.#check(tenantId);
      return await work(end.signal);
    } finally {
      others.delete(end);
      if (others.size === 0 && this.#watched.get(tenantId) === others) this.#watched.delete(tenantId);
    }
  }

  async #check(id: string): Promise<void> {
    if (!this.#watched.has(id)) return;
    // A job that a resumption woke can be here before the news of it, while memory still says suspended.
    this.directory.forget(id);
    const reason = await this.directory.find({ id }).then(
      (tenant) => (tenant && isServed(tenant) ? null : new TenantSuspended()),
      (error: unknown) => error,
    );
    if (reason !== null) for (const end of this.#watched.get(id) ?? []) end.abort(reason);
  }
}
