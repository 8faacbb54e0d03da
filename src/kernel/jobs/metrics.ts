import type { PgBoss } from "pg-boss";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { clock } from "../clock.js";
import type { Claimed } from "./boss.js";
import { JobPostponed } from "./job.js";

function outcomeOf(error: unknown): "completed" | "postponed" | "failed" {
  if (error === undefined) return "completed";
  return error instanceof JobPostponed ? "postponed" : "failed";
}

/** Jobs by queue and state; counted by the supervisor every second, so reading costs one small statement. */
function depth(boss: PgBoss, registry: Registry): void {
  const gauge: Gauge<"queue" | "state"> = new Gauge({
    name: "tenfold_jobs",
    help: "Jobs by queue and state.",
    labelNames: ["queue", "state"],
    registers: [registry],
    async collect() {
      for (const queue of await boss.getQueues()) {
        gauge.set({ queue: queue.name, state: "ready" }, queue.readyCount);
        gauge.set({ queue: queue.name, state: "deferred" }, queue.deferredCount);
        gauge.set({ queue: queue.name, state: "running" }, queue.activeCount);
      }
    },
  });
}

/** Registers the metrics of the queues; returns what a lane calls at every attempt's end. */
export function observe(boss: PgBoss, registry: Registry): (job: Claimed, error: unknown) => void {
  depth(boss, registry);
  const registers = [registry];
  const attempts = new Counter({
    name: "tenfold_job_attempts_total",
    help: "Attempts that ended, by queue and outcome.",
    labelNames: ["queue", "outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "tenfold_job_attempt_seconds",
    help: "Length of an attempt.",
    labelNames: ["queue"],
    buckets: [0.01, 0.1, 1, 10, 60, 600, 3600],
    registers,
  });
  return (job, error) => {
    attempts.inc({ queue: job.name, outcome: outcomeOf(error) });
    seconds.observe({ queue: job.name }, Math.max(0, clock.now().getTime() - job.startedOn.getTime()) / 1000);
  };
}
