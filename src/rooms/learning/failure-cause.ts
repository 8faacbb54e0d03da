import { readFileSync } from "node:fs";
import { TenfoldError } from "../../kernel/errors.js";
import { TrainingLimitExceeded } from "./errors.js";

export const failureCauses = [
  "DIVERGED",
  "OUT_OF_MEMORY",
  "OUT_OF_TIME",
  "BAD_DATA",
  "BAD_SETTINGS",
  "CRASHED",
  "INTERNAL",
] as const;
/** Why a training failed, for programs that decide what to do next; the sentence for people stands beside it. */
export type FailureCause = (typeof failureCauses)[number];

const causes: Partial<Record<string, FailureCause>> = {
  TRAINING_DIVERGED: "DIVERGED",
  TRAINING_LIMIT_EXCEEDED: "OUT_OF_MEMORY",
  TRAINING_DATA_UNUSABLE: "BAD_DATA",
  BAD_USER_INPUT: "BAD_SETTINGS",
  OPERATION_UNTESTED: "BAD_SETTINGS",
  TRAINING_CRASHED: "CRASHED",
};
/** Settings are refused before a training; data that can't be read any more is found while it runs. */
const dataCodes = /^(DATASET|IMAGE)_/;

/** The cause that a declared code stands for, where nothing more is known. */
export const causeOfCode = (code: string): FailureCause =>
  causes[code] ?? (dataCodes.test(code) ? "BAD_DATA" : "INTERNAL");

export function causeOf(error: TenfoldError): FailureCause {
  if (error.extensions.limit === "TIME") return "OUT_OF_TIME";
  return causes[error.category ?? error.code] ?? causeOfCode(error.code);
}

/** What V8 and the kernels' allocator say when there is no more. */
const exhausted =
  /heap out of memory|allocation failed|out of memory|memory access out of bounds|invalid array length/i;

/** An error that says in a library's words that memory is out, as the declared one; any other as it is. */
export const declaredMemory = (error: unknown): unknown =>
  error instanceof Error && !(error instanceof TenfoldError) && exhausted.test(error.message)
    ? outOfMemory()
    : error;

export const outOfMemory = (
  message = "The training needs more memory than it may use. Use a smaller model, smaller batches or less data.",
): TenfoldError => new TrainingLimitExceeded(message, { limit: "MEMORY" });

export const outOfTime = (): TenfoldError =>
  new TrainingLimitExceeded(
    "The training took longer than it may. Use fewer epochs, a smaller model or less data.",
    { limit: "TIME" },
  );

/**
 * How many processes this machine has killed for want of memory, or null where it does not say. A training killed by
 * nobody of ours while this rose was one of them.
 */
export function oomKills(file = "/proc/vmstat"): number | null {
  try {
    const found = /^oom_kill (\d+)$/m.exec(readFileSync(file, "utf8"));
    return found ? Number(found[1]) : null;
  } catch {
    return null;
  }
}

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: string | null;
  /** The end of what it wrote to its error output. */
  output: string;
  /** `oomKills` when it was started. */
  killsBefore: number | null;
}

/** Whether a process that ended by itself ran out of memory: V8 aborts at its limit, the system kills. */
export function ranOutOfMemory({ code, signal, output, killsBefore }: Exit, kills = oomKills()): boolean {
  const aborted = signal === "SIGABRT" || signal === "SIGTRAP" || code === 134;
  if (aborted && exhausted.test(output)) return true;
  return signal === "SIGKILL" && killsBefore !== null && kills !== null && kills > killsBefore;
}
