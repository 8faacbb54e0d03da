import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { isDeclared, TenfoldError, Unavailable } from "../../kernel/errors.js";
import type { JobFailure } from "../../kernel/jobs/index.js";
import {
  causeOfCode,
  CheckpointMismatch,
  type FailureCause,
  type OwnLimits,
  TrainingCrashed,
} from "../learning/index.js";
import { planLimits } from "../tenancy/index.js";
import type { TrainingFailure } from "./training-job.entity.js";

/* What every kind of training may use, and how it tells failures apart and tells its callers of them. */

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

/** Whether trying again would end the same way: the data or the settings are at fault, not this process. */
export const isVerdict = (error: unknown): error is TenfoldError =>
  error instanceof TenfoldError &&
  ![TrainingCrashed, CheckpointMismatch, Unavailable].some((passing) => error instanceof passing);

/** A job's failure as the queue tells it, with its cause where this process knows more. */
export type Failure = JobFailure & { cause?: FailureCause };

/** A declared error keeps its words; those of any other may hold what is not for the caller. */
export const tellable = ({ code, message, cause }: Failure): TrainingFailure =>
  code !== undefined && isDeclared(code)
    ? { cause: cause ?? causeOfCode(code), code, message }
    : { cause: "INTERNAL", code: "INTERNAL", message: "The training could not be finished. Start it again." };
