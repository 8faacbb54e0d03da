import { system } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { errorCodes, TenfoldError, Unavailable } from "../../kernel/errors.js";
import { JobAborted, type JobFailure } from "../../kernel/jobs/index.js";
import {
  causeOfCode,
  CheckpointMismatch,
  type FailureCause,
  type OwnLimits,
  TrainingCrashed,
} from "../learning/index.js";
import { planLimits, type TenancyService } from "../tenancy/index.js";
import type { TrainingFailure } from "./training-job.entity.js";

/* What every kind of training does the same way around its attempts. */

/** The tenant as background work sees it; null where it is gone. */
export async function scopeFor(
  tenancy: TenancyService,
  tenantId: string | null,
  jobId: string,
): Promise<TenantScope | null> {
  const tenant = tenantId === null ? null : await tenancy.directory.find({ id: tenantId });
  const origin = { requestId: jobId, ip: null, userAgent: null };
  return tenant && tenancy.scope(tenant, { viewer: system, origin });
}

/** What one training of the tenant may use by its plan, less what earlier attempts at it took. */
export function limitsOf({ tenant: { limits } }: TenantScope, usedMs = 0): OwnLimits {
  const { trainingMinutes, trainingMegabytes } = limits;
  return {
    ...(typeof trainingMinutes === "number" && {
      timeLimitMs: Math.max(1, trainingMinutes * 60_000 - usedMs),
    }),
    ...(typeof trainingMegabytes === "number" && { memoryBytes: trainingMegabytes * 2 ** 20 }),
  };
}

/** What a training process is started for: it does not know yet whose training it will be. */
export const mostTrainingBytes =
  Math.max(...Object.values(planLimits).map(({ trainingMegabytes }) => trainingMegabytes)) * 2 ** 20;

/** A cancelled job has its end already; one that lost its worker goes on elsewhere, for which this throws. */
export function leaveInterrupted(signal: AbortSignal): void {
  if (signal.reason instanceof JobAborted && signal.reason.why === "cancelled") return;
  throw signal.reason;
}

/** Whether trying again would end the same way: the data or the settings are at fault, not this process. */
export const isVerdict = (error: unknown): error is TenfoldError =>
  error instanceof TenfoldError &&
  ![TrainingCrashed, CheckpointMismatch, Unavailable].some((passing) => error instanceof passing);

/** A job's failure as the queue tells it, with its cause where this process knows more. */
export type Failure = JobFailure & { cause?: FailureCause };

/** A declared error keeps its words; those of any other may hold what is not for the caller. */
export const tellable = ({ code, message, cause }: Failure): TrainingFailure =>
  code !== undefined && errorCodes().some(([known]) => known === code)
    ? { cause: cause ?? causeOfCode(code), code, message }
    : { cause: "INTERNAL", code: "INTERNAL", message: "The training could not be finished. Start it again." };
