import { isDeclared, TenfoldError, Unavailable } from "../../kernel/errors.js";
import type { JobFailure } from "../../kernel/jobs/index.js";
import { causeOfCode, CheckpointMismatch, type FailureCause, TrainingCrashed } from "../learning/index.js";
import type { TrainingFailure } from "./training-job.entity.js";

/* How every kind of training tells failures apart, and tells its callers of them. */

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
