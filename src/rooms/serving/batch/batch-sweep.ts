import { clock } from "../../../kernel/clock.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../../kernel/database/unit-of-work.js";
import type { Sweep } from "../../tenancy/index.js";
import { downloadLimits } from "../download-slots.js";
import type { BatchEvent } from "./batch.events.js";

/** Results in one transaction: a large one is thousands of pieces, which must not be locked for long. */
const atOnce = 10;

/** A reader who began in time may end. */
const dueBefore = (): Date => new Date(clock.now().getTime() - downloadLimits.longestMs);

const isDue = "expires_at <= $1 and pieces > 0";

/** Removes results whose time is over: their pieces, not the facts of them. Counts results. */
export const resultSweep: Sweep = {
  name: "batchPrediction.sweep",
  everyMs: 3_600_000,
  async of(scope, stop) {
    let removed = 0;
    while (!stop.aborted && (await anyDue(scope))) removed += await scope.write(this.name, removeSome);
    return removed;
  },
};

async function anyDue(scope: TenantScope): Promise<boolean> {
  const text = `select exists (select from batch_prediction where ${isDue}) as due`;
  const [row] = await scope.query<{ due: boolean }>(text, [dueBefore()]);
  return row?.due === true;
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
