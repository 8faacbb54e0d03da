import cors from "@fastify/cors";
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import { newExchange } from "./exchange.js";
import { type HostCheck, hostName, originAllowed } from "./hosts.js";
import { HttpError, httpErrorOf } from "./http-error.js";

/** Answers of the API are data: no page may frame, sniff or cache them (OWASP, REST Security Cheat Sheet). */
const securityHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

const twoYears = "max-age=63072000; includeSubDomains";

function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders).header("x-request-id", request.id);
  // Browsers ignore it over plain HTTP, and on a developer's localhost it would be a trap.
  if (request.protocol === "https") reply.header("strict-transport-security", twoYears);
}

/** Lets pages of other origins call with their bearer token; there are no cookies to steal. */
export async function installCors(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: origins.includes("*") ? "*" : [...origins],
    methods: ["GET", "POST", "PUT"],
    allowedHeaders: [
      "authorization",
      "content-type",
      "x-tenant",
      "x-request-id",
      "x-tenfold-cost",
      "idempotency-key",
    ],
    exposedHeaders: ["x-request-id"],
    maxAge: 600,
  });
}

const foreignPage = (): HttpError =>
  new HttpError(
    403,
    "FORBIDDEN",
    "Pages of this origin may not open sockets here. The operator can allow it: TENFOLD_CORS_ORIGINS.",
  );

/** Refuses names that are not ours with 421, and sockets opened by foreign pages with 403. */
export function installHostGuard(app: FastifyInstance, check: HostCheck, origins: readonly string[]): void {
  const admit = async (
    request: FastifyRequest,
    name: string,
    known: ReturnType<HostCheck>,
  ): Promise<void> => {
    if (!(await known)) throw httpErrorOf(421);
    if (request.ws && !(await originAllowed(request.headers.origin, name, origins, check)))
      throw foreignPage();
  };
  // Fastify waits for a promise and goes on at once without one: most names are known without asking anybody.
  const guard: onRequestHookHandler = (request, _reply, done) => {
    const name = hostName(request.host);
    if (name === null) return done(httpErrorOf(400));
    const known = check(name);
    if (known === true && !request.ws) return done();
    return admit(request, name, known);
  };
  app.addHook("onRequest", guard);
}

/** Gives every request its id, headers and exchange before anything can refuse it. */
export function installExchange(app: FastifyInstance): void {
  app.decorateRequest("exchange");
  app.addHook("onRequest", (request, reply, done) => {
    request.exchange = newExchange(request.id);
    setSecurityHeaders(request, reply);
    done();
  });
}
