import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from "prom-client";
import type { OperationTrace } from "../graphql/trace.js";

/** Seconds; from a cached `__typename` to the longest statement allowed. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The door's instruments. Every label is closed: routes, statuses, operation types, root fields of the schema, codes. */
export class DoorMetrics {
  readonly sockets: Gauge;
  readonly subscriptions: Gauge;
  private readonly requests: Histogram<"method" | "route" | "status">;
  private readonly operations: Histogram<"type" | "field" | "outcome">;
  private readonly errors: Counter<"code">;

  constructor(registry: Registry) {
    collectDefaultMetrics({ register: registry });
    const registers = [registry];
    this.requests = new Histogram({
      name: "tenfold_http_request_duration_seconds",
      help: "Time from the request's headers to the end of the answer.",
      labelNames: ["method", "route", "status"],
      buckets: seconds,
      registers,
    });
    this.operations = new Histogram({
      name: "tenfold_graphql_operation_duration_seconds",
      help: "Time an operation ran, by type and root field; a subscription counts until it has started.",
      labelNames: ["type", "field", "outcome"],
      buckets: seconds,
      registers,
    });
    this.errors = new Counter({
      name: "tenfold_graphql_errors_total",
      help: "Errors answered, by code.",
      labelNames: ["code"],
      registers,
    });
    this.sockets = new Gauge({ name: "tenfold_sockets_open", help: "Open WebSockets.", registers });
    this.subscriptions = new Gauge({
      name: "tenfold_subscriptions_active",
      help: "Subscriptions running.",
      registers,
    });
  }

  /** One HTTP request, whatever came of it. */
  request(method: string, route: string, status: number, ms: number): void {
    this.requests.observe({ method, route, status }, ms / 1000);
  }

  /** One operation; refused ones have the type `none`. */
  operation({ type, field, codes }: OperationTrace, ms: number): void {
    this.operations.observe({ type, field, outcome: codes.length > 0 ? "error" : "ok" }, ms / 1000);
    this.failed(codes);
  }

  failed(codes: readonly string[]): void {
    for (const code of codes) this.errors.labels(code).inc();
  }
}
