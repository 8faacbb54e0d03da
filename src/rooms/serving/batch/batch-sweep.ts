import { clock } from "../../../kernel/clock.js";
import { system } from "../../../kernel/context.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../../kernel/database/unit-of-work.js";
import type { Kernel } from "../../../kernel/kernel.js";
import type { TenancyService } from "../../tenancy/index.js";
import { downloadLimits } from "../download-slots.js";
import type { BatchEvent } from "./batch.events.js";

const origin = { requestId: "batchPrediction.sweep", ip: null, userAgent: null };

/** Results in one transaction: a large one is thousands of pieces, which must not be locked for long. */
const atOnce = 10;

/** A reader who began in time may end. */
const dueBefore = (): Date => new Date(clock.now().getTime() - downloadLimits.longestMs);

const isDue = "expires_at <= $1 and pieces > 0";

/**
 * Removes results whose time is over: their pieces, not the facts of them. Asks each tenant in turn with one indexed
 * query, as the sweep of audit trails does, suspended ones too. Answers how many results it removed.
 */
export async function sweepResults(
  kernel: Kernel,
  tenancy: TenancyService,
  stop: AbortSignal,
): Promise<number> {
  const tenants = await kernel.control.query<{ id: string }>(
    "select id from control.tenant where wrapped_key is not null order by id",
  );
  let removed = 0;
  for (const { id } of tenants) {
    if (stop.aborted) break;
    try {
      const tenant = await tenancy.directory.find({ id });
      if (tenant) removed += await sweepTenant(tenancy.scope(tenant, { viewer: system, origin }), stop);
    } catch (error) {
      // One that can't be swept must not keep the others; the next sweep tries it again.
      kernel.log.error({ err: error, tenant: id }, "results of batch predictions were not removed");
    }
  }
  return removed;
}

/** Asks before it locks: of most tenants nothing is due. */
async function sweepTenant(scope: TenantScope, stop: AbortSignal): Promise<number> {
  let removed = 0;
  while (!stop.aborted) {
    const [row] = await scope.query<{ due: boolean }>(
      `select exists (select from batch_prediction where ${isDue}) as due`,
      [dueBefore()],
    );
    if (row?.due !== true) break;
    removed += await scope.write("batchPrediction.sweep", removeSome);
  }
  return removed;
}

async function removeSome(work: UnitOfWork): Promise<number> {
  const due = await work.query<{ id: string; size_bytes: string }>(
    `select id, size_bytes from batch_prediction where ${isDue} order by expires_at limit ${atOnce} for update`,
    [dueBefore()],
  );
  const ids = due.map(({ id }) => id);
  await work.query("delete from batch_prediction_piece where batch_id = any ($1)", [ids]);
  await work.query("update batch_prediction set pieces = 0 where id = any ($1)", [ids]);
  for (const { id, size_bytes: bytes } of due)
    work.emit<BatchEvent>({
      type: "batchPrediction.expired",
      subject: id,
      before: { bytes: Number(bytes) },
    });
  return due.length;
}

const sweepMs = 3_600_000;

/** Sweeps at the start of a worker and every hour, one sweep at a time. */
export class ResultSweeper {
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<unknown> | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly tenancy: TenancyService,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#sweep(), sweepMs);
    this.#sweep();
  }

  #sweep(): void {
    this.#sweeping ??= sweepResults(this.kernel, this.tenancy, this.#stop.signal)
      .catch((error: unknown) => this.kernel.log.error({ err: error }, "the sweep of results failed"))
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#sweeping;
  }
}
