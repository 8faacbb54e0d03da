import type { FastifyReply, FastifyRequest } from "fastify";
import type { OperationTrace } from "../graphql/trace.js";
import type { Log } from "../log.js";

/** Asked every few seconds by machines: they would drown what people look for. */
const quiet = new Set(["/healthz", "/readyz", "/metrics"]);

const plainLogs = new WeakMap<Log, Log>();

/**
 * The same log without the search for secrets, which costs ten times what writing the line does: the lines of this
 * file are made of fields that hold none.
 */
function plain(log: Log): Log {
  const known = plainLogs.get(log) ?? log.child({}, { redact: [] });
  plainLogs.set(log, known);
  return known;
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const operationFields = ({ type, name, codes, cost }: OperationTrace): Record<string, unknown> =>
  type === "none" ? { codes } : { type, operation: name, codes, cost };

/** The pattern a request matched, never its path: paths of uploads and downloads are secrets. */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? "none";

/** One line a request. Neither headers, address, variables nor body: nothing in it can be a secret. */
export function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const { exchange, method, id } = request;
  const route = routeOf(request);
  plain(log)[quiet.has(route) ? "debug" : "info"](
    {
      requestId: id,
      method,
      route,
      status: reply.statusCode,
      ms: round(reply.elapsedTime),
      tenantId: exchange.tenantId,
      ...operationFields(exchange.trace),
    },
    "request",
  );
}

/** One line an operation over a socket, when it ends. */
export function logOperation(log: Log, trace: OperationTrace, tenantId: string | null, ms: number): void {
  plain(log).info(
    { requestId: trace.requestId, route: "ws", ms: round(ms), tenantId, ...operationFields(trace) },
    "operation",
  );
}
