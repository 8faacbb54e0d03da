import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { OperationLimits } from "../graphql/limits.js";
import type { OperationContext, PipelineOptions } from "../graphql/operation.js";

/** What the door can tell of a request before anybody has looked at its credentials. */
export interface RequestFacts {
  requestId: string;
  ip: string;
  userAgent: string | null;
  /** Name of the host asked, lower case and without port; IPv6 in brackets. */
  host: string;
  /** Scheme, host and port as the caller reached us; what absolute URLs of answers begin with. */
  baseUrl: string;
  authorization: string | null;
  /** The header `x-tenant`. */
  tenantSlug: string | null;
  idempotencyKey: string | null;
}

export interface DoorLimits extends OperationLimits {
  /** Of an HTTP body and of a WebSocket message. */
  bodyBytes: number;
  /** For headers, and for a body the door reads itself; routes of rooms that stream set their own. */
  requestTimeoutMs: number;
}

export interface SocketLimits {
  /** Operations running at once on one socket, subscriptions included. */
  operations: number;
  /** From the opening of a socket to its `connection_init`. */
  initTimeoutMs: number;
  /** Between pings; a socket that leaves one unanswered until the next is cut. */
  keepAliveMs: number;
}

export const defaultSocketLimits: SocketLimits = {
  operations: 100,
  initTimeoutMs: 10_000,
  keepAliveMs: 30_000,
};

export interface Readiness {
  ok: boolean;
  checks: Record<string, unknown>;
}

export interface DoorOptions<C extends OperationContext> extends Omit<PipelineOptions<C>, "limits"> {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Proxies whose `x-forwarded-*` to believe, by address or range; none by default. */
  trustProxy?: string[];
  /** Names the service answers to besides loopback and its own addresses, so that DNS rebinding finds no way in. */
  allowedHosts?: (host: string) => Promise<boolean> | boolean;
  /** Origins of browsers' pages that may call, or `["*"]`: bearer tokens, unlike cookies, do not travel by themselves. */
  corsOrigins?: readonly string[];
  /** Who asks. Throws TenfoldError: UNAUTHENTICATED, TENANT_MISMATCH, TENANT_SUSPENDED… */
  context(facts: RequestFacts): Promise<C> | C;
  /** Called once a socket is authenticated; calls `close` when its credentials end; gives its own undoing. */
  watch(context: C, close: (reason: string) => void): () => void;
  ready(): Promise<Readiness>;
  /** `health` leaves out everything but `/healthz`, `/readyz` and `/metrics`; `all` by default. */
  surface?: "all" | "health";
  /** Further routes, in a scope of their own: their parsers and hooks do not reach `/graphql`. */
  routes?: (app: FastifyInstance) => void | Promise<void>;
  /** The built GraphiQL: `index.html` and hashed files under `assets/`. */
  explorerDirectory?: string;
  limits: DoorLimits;
  socket?: Partial<SocketLimits>;
  /** How long `close` waits for running requests before it cuts them; 10,000. */
  drainTimeoutMs?: number;
  metrics: Registry;
}

export interface Door {
  /** `http://host:port`, with the port really taken. */
  url: string;
  /** Stops accepting, waits for running requests (bounded), closes sockets with 1001. */
  close(): Promise<void>;
}
