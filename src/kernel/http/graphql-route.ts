import type { FastifyReply, FastifyRequest } from "fastify";
import { type GraphQLFormattedError, OperationTypeNode } from "graphql";
import { createHandler, type Response } from "graphql-http";
import { BadUserInput } from "../errors.js";
import type { OperationContext, OperationRequest, Pipeline } from "../graphql/operation.js";
import { factsOf } from "./exchange.js";
import { HttpError, httpErrorOf, statusOfCode } from "./http-error.js";
import { answerType, isGraphQLResponse } from "./media-type.js";
import type { DoorMetrics } from "./metrics.js";
import type { DoorOptions } from "./options.js";
import { readParameters } from "./parameters.js";

/** HTTP/1.1 reason phrases; graphql-http wants one, no client reads it. */
const text = { 200: "OK", 400: "Bad Request" } as Record<number, string>;

/** GraphQL over HTTP: graphql-http reads the request and keeps to the specification, the pipeline does the rest. */
export class GraphQLRoute<C extends OperationContext> {
  private readonly handle = createHandler<FastifyRequest, FastifyRequest>({
    // Read in onSubscribe instead, because a failure here would lose its status and sentence.
    parseRequestParams: () => ({ query: "" }),
    onSubscribe: async (request) => {
      const operation = await readParameters(request);
      return "query" in operation ? this.answer(operation, request.raw) : operation;
    },
  });

  constructor(
    private readonly options: DoorOptions<C>,
    private readonly pipeline: Pipeline<C>,
    private readonly metrics: DoorMetrics,
  ) {}

  /** The Fastify handler of POST and GET. */
  async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { method, url, headers, body } = request;
    const content = typeof body === "object" ? (body as Record<string, unknown> | null) : null;
    const [answer, init] = await this.handle({
      method,
      url,
      headers,
      body: content,
      raw: request,
      context: request,
    });
    if (answer === null) throw httpErrorOf(init.status, init.headers);
    return reply
      .code(init.status)
      .headers(init.headers ?? {})
      .send(answer);
  }

  /** Whatever is thrown becomes an answer here, except refusals of HTTP itself, which have a status of their own. */
  private async answer(operation: OperationRequest, request: FastifyRequest): Promise<Response> {
    const started = performance.now();
    const { trace } = request.exchange;
    try {
      return await this.run(operation, request);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      return this.refuse(this.pipeline.errors([error], trace), request);
    } finally {
      this.metrics.operation(trace, performance.now() - started);
    }
  }

  /** Credentials first: who may not come in learns nothing about documents. */
  private async run(operation: OperationRequest, request: FastifyRequest): Promise<Response> {
    const { exchange } = request;
    const context = await this.options.context(factsOf(request));
    exchange.tenantId = context.tenant?.id ?? null;
    const prepared = await this.pipeline.prepare(operation, context, exchange.trace);
    const withCost = request.headers["x-tenfold-cost"] === "1";
    if (!("args" in prepared)) return this.refuse(this.pipeline.errors(prepared, exchange.trace), request);
    this.checkMethod(prepared.operation.operation, request.method);
    const answer = await this.pipeline.execute(prepared);
    const isRefused = !("json" in answer) && !("data" in answer);
    if (isRefused) return this.refuse(this.pipeline.errors(answer.errors ?? [], exchange.trace), request);
    return this.respond(this.pipeline.write(answer, exchange.trace, withCost), 200, request);
  }

  /** GET never changes anything: links, prefetch and foreign pages can cause one. */
  private checkMethod(type: OperationTypeNode, method: string): void {
    if (type === OperationTypeNode.SUBSCRIPTION) {
      throw new BadUserInput("Subscriptions need a WebSocket: graphql-transport-ws on this same path.");
    }
    if (type === OperationTypeNode.QUERY || method === "POST") return;
    throw new HttpError(405, "BAD_USER_INPUT", "Send mutations as POST.", { allow: "POST" });
  }

  /** Answers without data have a status of their own only in the new media type; in the old one all is 200. */
  private refuse(errors: readonly GraphQLFormattedError[], request: FastifyRequest): Response {
    const isNew = isGraphQLResponse(answerType(request.headers.accept));
    const status = isNew ? statusOfCode(errors[0]?.extensions?.code) : 200;
    return this.respond(JSON.stringify({ errors }), status, request);
  }

  private respond(body: string, status: number, request: FastifyRequest): Response {
    const headers = { "content-type": `${answerType(request.headers.accept)}; charset=utf-8` };
    return [body, { status, statusText: text[status] ?? "Refused", headers }];
  }
}
