/** What can keep the embedded Postgres from starting; the message always says what to do about it. */
export type EmbeddedPostgresCode =
  | "ALREADY_RUNNING"
  | "BINARIES_UNUSABLE"
  | "CLUSTER_GONE"
  | "DISK_FULL"
  | "NO_ACCESS"
  | "OTHER_VERSION"
  | "START_FAILED"
  | "UNSUPPORTED_PLATFORM";

/**
 * For the person at the terminal, before there is an API. Not made with `defineError`: that would put these
 * codes into the `ErrorCode` enum of the GraphQL schema, where no client can ever receive them.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";

  constructor(
    readonly code: EmbeddedPostgresCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The system's code of a failed file operation, e.g. `ENOENT`; undefined for any other error. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** For `catch`: a missing file reads as undefined, any other fault goes on. */
export function absent(error: unknown): undefined {
  if (systemCode(error) === "ENOENT") return undefined;
  throw error;
}

export const fullDisk = (folder: string, cause: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    "DISK_FULL",
    `The disk that holds ${folder} is full. Free some space and start again; what was committed is kept.`,
    { cause },
  );

const denied = (folder: string, cause: Error): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    "NO_ACCESS",
    `This user may not use the data folder ${folder} (${cause.message}). ` +
      "Start as the user who owns it, or choose another data folder.",
    { cause },
  );

const noFolder = (folder: string, cause: Error): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    "NO_ACCESS",
    `The data folder ${folder} can't be made, since a file is in its place. Choose another data folder.`,
    { cause },
  );

/** Turns what the file system or Postgres reported into an error that says what to do. */
export function explain(error: unknown, folder: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT" || /No space left on device/.test(error.message))
    return fullDisk(folder, error);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return denied(folder, error);
  if (code === "EEXIST" || code === "ENOTDIR") return noFolder(folder, error);
  return error;
}
