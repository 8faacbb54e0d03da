import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { Kernel } from "../../kernel/kernel.js";
import { scopeFor } from "./background.js";
import type { TenancyService } from "./tenancy.service.js";

/** What a room has done again and again to every tenant that has a schema, suspended ones too. */
export interface Sweep {
  /** Audit and log name it. */
  readonly name: string;
  readonly everyMs: number;
  /** Does what is due of one tenant, until `stop`; answers how much that was. Asks before it locks: mostly nothing is. */
  of(scope: TenantScope, stop: AbortSignal): Promise<number>;
}

/**
 * Sweeps at the start of a worker and in intervals, one sweep at a time: where it takes longer than the pause, the next
 * one waits for its turn. It asks each tenant in turn, a round trip of about a millisecond where nothing is due, so that
 * a thousand tenants keep one connection busy for a second.
 */
export class TenantSweeper {
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<unknown> | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly tenancy: TenancyService,
    private readonly duty: Sweep,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#tend(), this.duty.everyMs);
    this.#tend();
  }

  /** One sweep; answers how much it did. */
  async sweep(): Promise<number> {
    const { control, log } = this.kernel;
    const { name } = this.duty;
    const tenants = await control.query<{ id: string }>(
      "select id from control.tenant where wrapped_key is not null order by id",
    );
    let done = 0;
    for (const { id } of tenants) {
      if (this.#stop.signal.aborted) break;
      try {
        const scope = await scopeFor(this.tenancy, id, name);
        if (scope) done += await this.duty.of(scope, this.#stop.signal);
      } catch (error) {
        // One that can't be swept must not keep the others; the next sweep tries it again.
        log.error({ err: error, sweep: name, tenant: id }, "a tenant was not swept");
      }
    }
    return done;
  }

  #tend(): void {
    this.#sweeping ??= this.sweep()
      .catch((error: unknown) =>
        this.kernel.log.error({ err: error, sweep: this.duty.name }, "a sweep failed"),
      )
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  /** Waits for the tenant under way; the others are left to the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#sweeping;
  }
}
