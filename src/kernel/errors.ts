import { GraphQLError } from "graphql";

/** What an error may add for the caller: the field at fault, a limit and its reset, a row and column. */
export interface ErrorDetails {
  /** Bad input, place by place; `path` is dotted from the input: `architecture.layers.0.units`. */
  fields?: { path: string; message: string }[];
  /** Taken: `extensions.reason` is the finer code of an error that has a category. */
  reason?: never;
  [key: string]: unknown;
}

/** The codes that stand for a whole family of errors; a program that knows these alone still branches rightly. */
export type ErrorCategory =
  | "UNAUTHENTICATED"
  | "NOT_FOUND"
  | "BAD_USER_INPUT"
  | "QUOTA_EXCEEDED"
  | "RATE_LIMITED";

/** An error meant for the caller: a closed code, a sentence that says what to do, and details. */
export class TenfoldError extends GraphQLError {
  /**
   * The finer code, as declared: `extensions.reason` where there is a category, else `extensions.code`. Ours to
   * tell errors apart by; callers see `extensions` alone.
   */
  readonly code: string;

  constructor(
    code: string,
    message: string,
    details: ErrorDetails = {},
    readonly category?: ErrorCategory,
  ) {
    super(message, {
      extensions: { ...(category ? { code: category, reason: code } : { code }), ...details },
    });
    this.code = code;
  }
}

/** The finest code that an error shows its caller; what logs and metrics name it by. */
export const finestCode = ({ extensions }: { extensions?: Readonly<Record<string, unknown>> }): string =>
  String(extensions?.reason ?? extensions?.code);

export type TenfoldErrorClass = new (message?: string, details?: ErrorDetails) => TenfoldError;

const declared = new Map<string, string>();

/**
 * Declares an error once: its code enters the closed enum `ErrorCode`, its sentence is the default message.
 * Throw it as `new ModelNameTaken()` or with a more exact message and details. With a category callers get that as
 * `extensions.code` and this code as `extensions.reason`; kinds of CONFLICT have none, being codes of their own.
 */
export function defineError(code: string, message: string, category?: ErrorCategory): TenfoldErrorClass {
  if (declared.has(code)) throw new Error(`Error code ${code} is declared twice.`);
  declared.set(code, message);
  return class extends TenfoldError {
    constructor(exact: string = message, details?: ErrorDetails) {
      super(code, exact, details, category);
    }
  };
}

/** Whether the words that go with this code are ours, and for the caller. */
export const isDeclared = (code: string): boolean => declared.has(code);

/** Every declared code with its default sentence, sorted; becomes the enum `ErrorCode` of the schema. */
export function errorCodes(): [code: string, message: string][] {
  return [...declared].sort(([a], [b]) => (a < b ? -1 : 1));
}

export const Unauthenticated = defineError(
  "UNAUTHENTICATED",
  "Sign in first: the credentials are missing, expired or revoked.",
);
export const Forbidden = defineError(
  "FORBIDDEN",
  "You are not allowed to do this. Ask somebody whose role allows it.",
);
export const NotFound = defineError("NOT_FOUND", "There is no such thing here. Check the id.");
export const BadUserInput = defineError(
  "BAD_USER_INPUT",
  "The input is not valid. Correct what `fields` names.",
);
export const Conflict = defineError(
  "CONFLICT",
  "The request conflicts with the present state. Read that again, then decide anew.",
);
export const TenantMismatch = defineError(
  "TENANT_MISMATCH",
  "Token, host and x-tenant header name different tenants. Name one.",
);
export const TenantSuspended = defineError("TENANT_SUSPENDED", "This tenant is suspended. Ask its operator.");
export const QuotaExceeded = defineError(
  "QUOTA_EXCEEDED",
  "The plan's limit is reached. Wait until it resets, free what it counts, or change the plan.",
);
export const RateLimited = defineError("RATE_LIMITED", "Too many requests. Wait and try again.");
export const PersistedOperationRequired = defineError(
  "PERSISTED_OPERATION_REQUIRED",
  "Only registered operations are allowed here. Send the `documentId` of one.",
);
export const PersistedOperationNotFound = defineError(
  "PERSISTED_OPERATION_NOT_FOUND",
  "No operation is registered under this hash. Register it first.",
  "NOT_FOUND",
);
export const Unavailable = defineError(
  "UNAVAILABLE",
  "The service can't do this right now. Try again in a moment.",
);
export const Internal = defineError(
  "INTERNAL",
  "Something went wrong on our side. Quote the request id when you report it.",
);

/** The answer to input that class-validator passed but the room must refuse at one place. */
export const badInput = (path: string, message: string, details: ErrorDetails = {}): TenfoldError =>
  new BadUserInput(message, { fields: [{ path, message }], ...details });
