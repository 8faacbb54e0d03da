import type { FastifyRequest } from "fastify";
import { type ExecutionArgs, GraphQLError } from "graphql";
import { CloseCode, type Context, makeServer, type Server, type SubscribePayload } from "graphql-ws";
import type { WebSocket } from "ws";
import { RateLimited } from "../errors.js";
import { type OperationContext, type Pipeline, type Prepared } from "../graphql/operation.js";
import { newTrace, type OperationTrace } from "../graphql/trace.js";
import { logOperation } from "./access-log.js";
import { factsOf } from "./exchange.js";
import type { DoorMetrics } from "./metrics.js";
import type { DoorOptions, SocketLimits } from "./options.js";
import { documentIdOf, operationRequest } from "./parameters.js";
import { closeSocket, joinSocket } from "./socket-connection.js";

/** What one socket keeps: its credentials' context, and the undoing of the watch over them. */
interface Connection<C> {
  readonly socket: WebSocket;
  readonly request: FastifyRequest;
  context: C | null;
  unwatch: () => void;
}

/** An operation from its `subscribe` to its end, for log and metrics. */
interface Running {
  readonly trace: OperationTrace;
  readonly started: number;
  subscription: boolean;
}

type SocketContext<C> = Context<Record<string, unknown> | undefined, Connection<C>>;

/** graphql-ws knows 4403; its client then tries again with fresh credentials, which it does not on 4401. */
const closeCodes: Record<string, number> = { INTERNAL: 1011, UNAVAILABLE: 1013 };

const asGraphQLError = (error: unknown): GraphQLError => {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
};

/** graphql-transport-ws over the same pipeline. Every operation and every event gets a renewed context. */
export class Sockets<C extends OperationContext> {
  /** By payload: the id may be taken again while the operation that had it is still ending. */
  private readonly running = new Map<SubscribePayload, Running>();
  private readonly server: Server<Connection<C>>;

  constructor(
    private readonly options: DoorOptions<C>,
    private readonly limits: SocketLimits,
    private readonly pipeline: Pipeline<C>,
    private readonly metrics: DoorMetrics,
  ) {
    this.server = makeServer<Record<string, unknown> | undefined, Connection<C>>({
      connectionInitWaitTimeout: limits.initTimeoutMs,
      onConnect: (context) => this.connect(context),
      onClose: (context) => this.closed(context.extra),
      onSubscribe: (context, _id, payload) => this.prepare(context, payload),
      execute: (args) => pipeline.result(args as Prepared<C>["args"]),
      subscribe: (args) => pipeline.subscribe(args as Prepared<C>["args"]),
      onOperation: (_context, _id, payload, _args, result) =>
        this.started(payload, Symbol.asyncIterator in Object(result)),
      onNext: (_context, _id, payload, _args, result) => pipeline.present(result, this.traceOf(payload)),
      onError: (context, _id, payload, errors) => {
        const formatted = pipeline.errors(errors, this.traceOf(payload));
        this.finished(context, payload);
        return formatted;
      },
      onComplete: (context, _id, payload) => this.finished(context, payload),
    });
  }

  /** Takes over a socket that the upgrade has let in. */
  open(socket: WebSocket, request: FastifyRequest): void {
    this.metrics.sockets.inc();
    socket.once("close", () => this.metrics.sockets.dec());
    const connection: Connection<C> = { socket, request, context: null, unwatch: () => undefined };
    joinSocket(this.server, socket, connection, this.limits.keepAliveMs, this.options.log);
  }

  /** The handshake: without it nothing runs. `false` would close without a reason, so the socket is closed here. */
  private async connect({ extra, connectionParams }: SocketContext<C>): Promise<boolean> {
    try {
      const context = await this.options.context(factsOf(extra.request, connectionParams));
      // Closed while we looked: nothing would ever undo the watch.
      if (extra.socket.readyState !== extra.socket.OPEN) return false;
      extra.context = context;
      extra.unwatch = this.options.watch(context, (reason) =>
        closeSocket(extra.socket, CloseCode.Forbidden, reason),
      );
      return true;
    } catch (error) {
      const [shown] = this.pipeline.errors([error], newTrace(extra.request.id));
      const code = String(shown?.extensions?.code);
      closeSocket(extra.socket, closeCodes[code] ?? CloseCode.Forbidden, `${code}: ${shown?.message}`);
      return false;
    }
  }

  /** May come without `connect` having succeeded, and only the first undoing counts. */
  private closed(connection: Connection<C>): void {
    connection.unwatch();
    connection.unwatch = () => undefined;
  }

  /** Errors given from here reach the client as one `error` message; the socket stays open. */
  private async prepare(
    { extra, subscriptions }: SocketContext<C>,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const trace = newTrace(extra.request.id);
    this.running.set(payload, { trace, started: performance.now(), subscription: false });
    try {
      if (Object.keys(subscriptions).length > this.limits.operations) {
        throw new RateLimited("Too many operations run on this socket. Complete some first.");
      }
      const context = await this.options.renew(extra.context as C);
      trace.requestId = context.requestId;
      const request = operationRequest(payload, documentIdOf({ ...payload }));
      const prepared = await this.pipeline.prepare(request, context, trace);
      return "args" in prepared ? prepared.args : prepared;
    } catch (error) {
      return [asGraphQLError(error)];
    }
  }

  /** A subscription counts as active only once its source has begun. */
  private started(payload: SubscribePayload, subscription: boolean): void {
    const running = this.running.get(payload);
    if (!running) return;
    running.subscription = subscription;
    if (subscription) this.metrics.subscriptions.inc();
    this.metrics.operation(running.trace, performance.now() - running.started);
  }

  /** Called for every way an operation ends, and by some of them twice. */
  private finished({ extra }: SocketContext<C>, payload: SubscribePayload): void {
    const running = this.running.get(payload);
    if (!running) return;
    this.running.delete(payload);
    const { trace, started, subscription } = running;
    if (subscription) this.metrics.subscriptions.dec();
    this.metrics.failed(trace.codes);
    const tenantId = extra.context?.tenant?.id ?? null;
    logOperation(this.options.log, trace, tenantId, performance.now() - started);
  }

  private traceOf(payload: SubscribePayload): OperationTrace {
    return this.running.get(payload)?.trace ?? newTrace("none");
  }
}
