import type { FastifyRequest } from "fastify";
import { newTrace, type OperationTrace } from "../graphql/trace.js";
import { hostName } from "./hosts.js";
import type { RequestFacts } from "./options.js";

/** What one HTTP request carries from its first hook to its log line. */
export interface Exchange {
  trace: OperationTrace;
  tenantId: string | null;
}

declare module "fastify" {
  interface FastifyRequest {
    exchange: Exchange;
  }
}

export const newExchange = (requestId: string): Exchange => ({ trace: newTrace(requestId), tenantId: null });

const one = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** The facts of a request; a socket's `connection_init` gives what a browser can't send as headers. */
export function factsOf(request: FastifyRequest, given: Record<string, unknown> = {}): RequestFacts {
  const { headers } = request;
  return {
    requestId: request.id,
    ip: request.ip,
    userAgent: headers["user-agent"]?.slice(0, 256) ?? null,
    host: hostName(request.host) ?? "",
    baseUrl: `${request.protocol}://${request.host}`,
    authorization: one(given.authorization ?? given.Authorization) ?? headers.authorization ?? null,
    tenantSlug: one(given["x-tenant"]) ?? one(headers["x-tenant"]),
    idempotencyKey: one(headers["idempotency-key"]),
  };
}
