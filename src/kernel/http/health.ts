import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Log } from "../log.js";
import type { Readiness } from "./options.js";

/** A check that throws is a check that failed; why it did belongs in the log, the route is open to everybody. */
async function readiness(ready: () => Promise<Readiness>, log: Log): Promise<Readiness> {
  try {
    return await ready();
  } catch (error) {
    log.warn({ err: error }, "readiness check failed");
    return { ok: false, checks: {} };
  }
}

/** `/healthz`: the process lives. `/readyz`: it may get traffic, else 503. `/metrics`: Prometheus text. */
export function healthRoutes(
  app: FastifyInstance,
  { ready, metrics, log }: { ready: () => Promise<Readiness>; metrics: Registry; log: Log },
): void {
  app.get("/healthz", async () => ({ ok: true }));
  app.get("/readyz", async (_request, reply) => {
    const state = await readiness(ready, log);
    return reply.code(state.ok ? 200 : 503).send(state);
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
