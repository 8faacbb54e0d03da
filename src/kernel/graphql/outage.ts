/** Fields in which libraries keep the error that caused theirs; TypeORM and graphql-js each have their own. */
const causes = ["originalError", "driverError", "cause"] as const;

/** Sockets refused, cut or unresolved, and disks that are full (errno names of libuv). */
const systemCodes = new Set(
  "ECONNREFUSED ECONNRESET ENOTFOUND EAI_AGAIN EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOSPC EDQUOT".split(
    " ",
  ),
);

/**
 * Postgres error classes (PostgreSQL manual, appendix A) that say "not now" and not "wrong": 08 connection,
 * 53 insufficient resources (disk full, too many connections), 57 operator intervention (shut down, cancelled);
 * and 25006, a write that met a standby.
 */
const databaseCode = /^(08\w{3}|53\w{3}|57\w{3}|25006)$/;

/** What node-postgres throws without any code. */
const connectionMessage =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Every error that led to this one, the error itself first; bounded, because causes may form a ring. */
function chain(error: unknown, left = 8): Error[] {
  if (!(error instanceof Error) || left === 0) return [];
  const fields = error as unknown as Record<string, unknown>;
  const inner = causes.flatMap((name) => chain(fields[name], left - 1));
  // Both addresses of a name refused: Node gives one error for the two.
  const several = error instanceof AggregateError ? error.errors.flatMap((one) => chain(one, left - 1)) : [];
  return [error, ...inner, ...several];
}

/** Whether a failure passes by itself: the database or the disk is not there at the moment. */
export function isOutage(error: unknown): boolean {
  return chain(error).some((one) => {
    const code = String(Object(one).code ?? "");
    return systemCodes.has(code) || databaseCode.test(code) || connectionMessage.test(one.message);
  });
}
