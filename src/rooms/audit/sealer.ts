import type { TenantRecord } from "../../kernel/database/tenant-record.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Heads } from "./heads.js";
import { seal } from "./seal.js";

/** A trail is sealed when it has been quiet for this long… */
const quietMs = 500;
/** …or, where it is never quiet, this long after its oldest unsealed event of this process. */
const longestMs = 3_000;

/** A trail with something unsealed, and when its turn comes. */
interface Waiting {
  since: number;
  timer: NodeJS.Timeout;
}

/**
 * Seals trails soon after they were written to. One at a time in a process, so sealing takes one connection of the
 * pool whatever the number of tenants. What a killed process leaves unsealed stays listed in the tenant's schema.
 */
export class Sealer {
  readonly #waiting = new Map<string, Waiting>();
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly heads: Heads,
  ) {}

  /** Each further write puts the seal off, up to the longest wait, so that a burst is sealed as one batch. */
  schedule(tenant: TenantRecord): void {
    if (this.#closed) return;
    const now = performance.now();
    const waiting = this.#waiting.get(tenant.id);
    const since = waiting?.since ?? now;
    clearTimeout(waiting?.timer);
    const timer = setTimeout(
      () => this.#enqueue(tenant),
      Math.max(0, Math.min(quietMs, since + longestMs - now)),
    );
    this.#waiting.set(tenant.id, { since, timer });
  }

  /** Seals what is unsealed now; answers how many events. */
  seal(tenant: TenantRecord): Promise<number> {
    return seal(this.kernel, this.heads, tenant);
  }

  /** Waits for the seal under way; what has not begun is left to the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    await this.#running;
  }

  #enqueue(tenant: TenantRecord): void {
    this.#waiting.delete(tenant.id);
    this.#running = this.#running.then(async () => {
      if (this.#closed) return;
      await this.seal(tenant).catch((error: unknown) => {
        this.kernel.log.error({ err: error, tenant: tenant.id }, "an audit trail was not sealed");
      });
    });
  }
}
