import {
  defineError,
  type ErrorCategory,
  type ErrorDetails,
  TenfoldError,
  type TenfoldErrorClass,
} from "../../kernel/errors.js";
import { OperationUntested } from "./compute/operations.js";

export const TrainingDataUnusable = defineError(
  "TRAINING_DATA_UNUSABLE",
  "Nothing can be learnt from this data. Check the target, the features and the number of rows.",
);
/** The same at the input that it comes from, for a form to show it there. */
export const unusable = (path: string, message: string): InstanceType<typeof TrainingDataUnusable> =>
  new TrainingDataUnusable(message, { fields: [{ path, message }] });

export const TrainingDiverged = defineError(
  "TRAINING_DIVERGED",
  "The loss is no longer a finite number. Lower the learning rate and train again.",
);
export const TrainingAborted = defineError("TRAINING_ABORTED", "The training was cancelled.");
export const TrainingCrashed = defineError(
  "TRAINING_CRASHED",
  "The training process ended unexpectedly. Train again; if it recurs, make the model or the data smaller.",
);
export const TrainingBroken = defineError(
  "TRAINING_BROKEN",
  "The training met an error on our side, and would meet it again. Report it with the id of the job.",
);
export const TrainingLimitExceeded = defineError(
  "TRAINING_LIMIT_EXCEEDED",
  "The training passed its limit of time or memory. Use fewer epochs, a smaller model or less data.",
);
export const CheckpointMismatch = defineError(
  "CHECKPOINT_MISMATCH",
  "The checkpoint belongs to another training or another version. Start the training from the beginning.",
);
export const ArtefactInvalid = defineError(
  "ARTEFACT_INVALID",
  "The stored model is damaged or of an unknown version. Train or publish it again.",
);

/** An error on its way between processes or threads, where classes do not survive. */
export interface PlainError {
  /** The finer code; `category` is what callers see as `extensions.code` where there is one. */
  code: string;
  category?: ErrorCategory;
  message: string;
  details: ErrorDetails;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof TenfoldError)) {
    return {
      code: "INTERNAL",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      details: {},
    };
  }
  const { code: _code, reason: _reason, ...details } = error.extensions;
  return { code: error.code, category: error.category, message: error.message, details };
}

const travelling: [string, TenfoldErrorClass][] = [
  ["TRAINING_DATA_UNUSABLE", TrainingDataUnusable],
  ["TRAINING_DIVERGED", TrainingDiverged],
  ["TRAINING_BROKEN", TrainingBroken],
  ["TRAINING_LIMIT_EXCEEDED", TrainingLimitExceeded],
  ["CHECKPOINT_MISMATCH", CheckpointMismatch],
  ["ARTEFACT_INVALID", ArtefactInvalid],
  ["OPERATION_UNTESTED", OperationUntested],
];
const classes = new Map(travelling);

/** Declared errors keep code and details; an undeclared one becomes `fallback` with the original as its cause. */
export function fromPlainError(plain: PlainError, fallback: TenfoldErrorClass): TenfoldError {
  const known = classes.get(plain.code);
  if (known) return new known(plain.message, plain.details);
  const { code, category, message, details } = plain;
  if ((category ?? code) === "BAD_USER_INPUT") return new TenfoldError(code, message, details, category);
  // The text of an unexpected error may hold cells of the tenant's data: it goes to the log, not to the caller.
  return Object.assign(new fallback(), { cause: plain.message });
}
