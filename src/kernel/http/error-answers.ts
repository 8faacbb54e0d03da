import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { GraphQLFormattedError } from "graphql";
import { finestCode } from "../errors.js";
import { type FormatOptions, formatError } from "../graphql/format-error.js";
import { newExchange } from "./exchange.js";
import { formatHttpError, HttpError, httpErrorBody, httpErrorOf, statusOfCode } from "./http-error.js";
import { answerType } from "./media-type.js";
import { newRequestId } from "./request-id.js";

/** Statuses of codes that only plain routes (uploads, downloads) answer with. */
const routeStatuses: Record<string, number> = { NOT_FOUND: 404, CONFLICT: 409 };

function send(reply: FastifyReply, status: number, error: GraphQLFormattedError): FastifyReply {
  const { request } = reply;
  // A path that the router itself could not read has met no hook.
  request.exchange ??= newExchange(request.id);
  request.exchange.trace.codes.push(finestCode(error));
  return reply
    .code(status)
    .header("x-request-id", request.id)
    .type(`${answerType(request.headers.accept)}; charset=utf-8`)
    .send(JSON.stringify({ errors: [error] }));
}

/** The answer to anything thrown outside an operation: by HTTP, Fastify, or a room's own route. */
export function answerError(error: unknown, reply: FastifyReply, options: FormatOptions): FastifyReply {
  const status = Number(Object(error).statusCode);
  const refusal =
    error instanceof HttpError ? error : status >= 400 && status < 500 ? httpErrorOf(status) : null;
  if (refusal)
    return send(
      reply.headers(refusal.headers),
      refusal.statusCode,
      formatHttpError(refusal, reply.request.id),
    );
  const shown = formatError(error, reply.request.id, options);
  const code = String(shown.extensions?.code);
  return send(reply, routeStatuses[code] ?? statusOfCode(code), shown);
}

/** Which methods each path has, to tell 405 from 404; Fastify's router can't be asked by path alone. */
class Methods {
  private readonly routes: { pattern: RegExp; methods: string[] }[] = [];

  add(url: string, method: string | string[]): void {
    // The catch-all of CORS preflights says nothing about a path.
    if (url === "*") return;
    const pattern = url
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:\w+/g, "[^/]+")
      .replaceAll("*", ".*");
    this.routes.push({ pattern: new RegExp(`^${pattern}$`), methods: [method].flat() });
  }

  of(request: FastifyRequest): string[] {
    const [path = ""] = request.url.split("?", 1);
    return [...new Set(this.routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : [])))];
  }
}

/** Installs the answers to unknown paths, wrong methods and everything thrown; call it before adding routes. */
export function installErrorAnswers(app: FastifyInstance, options: FormatOptions): void {
  const methods = new Methods();
  app.addHook("onRoute", ({ url, method }) => methods.add(url, method));
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, options));
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.of(request);
    // A route that has the method and still found nothing is a folder of files without this one.
    const missing = allowed.length === 0 || allowed.includes(request.method);
    return answerError(
      missing ? httpErrorOf(404) : httpErrorOf(405, { allow: allowed.join(", ") }),
      reply,
      options,
    );
  });
}

/** Statuses for what Node's HTTP parser refuses, by the error's code; else 400. */
const parserStatuses: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers bytes that never became a request, on the bare socket. */
export function refuseBytes(error: { code?: string }, socket: Duplex): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) return void socket.destroy();
  const refusal = httpErrorOf(parserStatuses[error.code ?? ""] ?? 400);
  const requestId = newRequestId();
  const body = httpErrorBody(refusal, requestId);
  const lines = [
    `HTTP/1.1 ${refusal.statusCode} ${STATUS_CODES[refusal.statusCode]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
