import type { FastifyReply, FastifyRequest } from "fastify";
import { type GraphQLFormattedError, OperationTypeNode } from "graphql";
import { BadUserInput } from "../errors.js";
import type { OperationContext, OperationRequest, Pipeline } from "../graphql/operation.js";
import { factsOf } from "./exchange.js";
import { HttpError, httpErrorOf, statusOfCode } from "./http-error.js";
import { acceptedType, isGraphQLResponse } from "./media-type.js";
import type { DoorMetrics } from "./metrics.js";
import type { DoorOptions } from "./options.js";
import { readParameters } from "./parameters.js";

/** GraphQL over HTTP: graphql-http reads the request and keeps to the specification, the pipeline does the rest. */
export class GraphQLRoute<C extends OperationContext> {
  constructor(
    private readonly options: DoorOptions<C>,
    private readonly pipeline: Pipeline<C>,
    private readonly metrics: DoorMetrics,
  ) {}

  /** The Fastify handler of POST and GET. */
  async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const type = acceptedType(request.headers.accept);
    if (type === null) throw httpErrorOf(406);
    const operation = await readParameters(request);
    const { body, status } = await this.answer(operation, request, isGraphQLResponse(type));
    return reply.code(status).header("content-type", `${type}; charset=utf-8`).send(body);
  }

  /** Whatever is thrown becomes an answer here, except refusals of HTTP itself, which have a status of their own. */
  private async answer(
    operation: OperationRequest,
    request: FastifyRequest,
    isNew: boolean,
  ): Promise<Response> {
    const started = performance.now();
    const { trace } = request.exchange;
    try {
      return await this.run(operation, request, isNew);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      return refuse(this.pipeline.errors([error], trace), isNew);
    } finally {
      this.metrics.operation(trace, performance.now() - started);
    }
  }

  /** Credentials first: who may not come in learns nothing about documents. */
  private async run(operation: OperationRequest, request: FastifyRequest, isNew: boolean): Promise<Response> {
    const { exchange } = request;
    const asked = this.options.context(factsOf(request));
    // Known at once for all but a caller's first request; nothing is waited for then.
    const context = asked instanceof Promise ? await asked : asked;
    exchange.tenantId = context.tenant?.id ?? null;
    const prepared = await this.pipeline.prepare(operation, context, exchange.trace);
    const withCost = request.headers["x-tenfold-cost"] === "1";
    if (!("args" in prepared)) return refuse(this.pipeline.errors(prepared, exchange.trace), isNew);
    this.checkMethod(prepared.operation.operation, request.method);
    const answer = await this.pipeline.execute(prepared);
    const isRefused = !("json" in answer) && !("data" in answer);
    if (isRefused) return refuse(this.pipeline.errors(answer.errors ?? [], exchange.trace), isNew);
    return { body: this.pipeline.write(answer, exchange.trace, withCost), status: 200 };
  }

  /** GET never changes anything: links, prefetch and foreign pages can cause one. */
  private checkMethod(type: OperationTypeNode, method: string): void {
    if (type === OperationTypeNode.SUBSCRIPTION) {
      throw new BadUserInput("Subscriptions need a WebSocket: graphql-transport-ws on this same path.");
    }
    if (type === OperationTypeNode.QUERY || method === "POST") return;
    throw new HttpError(405, "BAD_USER_INPUT", "Send mutations as POST.", { allow: "POST" });
  }
}

interface Response {
  readonly body: string;
  readonly status: number;
}

/** Answers without data have a status of their own only in the new media type; in the old one all is 200. */
const refuse = (errors: readonly GraphQLFormattedError[], isNew: boolean): Response => ({
  body: JSON.stringify({ errors }),
  status: isNew ? statusOfCode(errors[0]?.extensions?.code) : 200,
});
