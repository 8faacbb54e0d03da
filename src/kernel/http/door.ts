import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import websocket from "@fastify/websocket";
import { type FastifyHttpOptions, type FastifyInstance, fastify } from "fastify";
import { handleProtocols } from "graphql-ws";
import { type OperationContext, Pipeline } from "../graphql/operation.js";
import { logRequest, routeOf } from "./access-log.js";
import { Connections } from "./connections.js";
import { answerError, installErrorAnswers, refuseBytes } from "./error-answers.js";
import { explorerRoutes, isVisit, toExplorer } from "./explorer.js";
import { GraphQLRoute } from "./graphql-route.js";
import { installCors, installExchange, installHostGuard } from "./guards.js";
import { healthRoutes } from "./health.js";
import { hostCheck } from "./hosts.js";
import { DoorMetrics } from "./metrics.js";
import { type Door, type DoorOptions, defaultSocketLimits } from "./options.js";
import { requestIdOf } from "./request-id.js";
import { closeSocket } from "./socket-connection.js";
import { Sockets } from "./sockets.js";

/** Node looks for late requests this often; half the limit keeps a slow client from having much more than it. */
const checkEvery = (limitMs: number): number => Math.min(5_000, Math.max(50, limitMs / 2));

/** Limits that belong to the server and not to a route. */
function serverOptions<C extends OperationContext>(options: DoorOptions<C>): FastifyHttpOptions<Server> {
  const { bodyBytes, requestTimeoutMs } = options.limits;
  return {
    // An empty list trusts nobody either, but would have the chain of proxies looked up for every request.
    trustProxy: options.trustProxy?.length ? options.trustProxy : false,
    bodyLimit: bodyBytes,
    requestIdHeader: false,
    genReqId: requestIdOf,
    // While draining, requests on open connections are still served, then their connection closes.
    return503OnClosing: false,
    clientErrorHandler: refuseBytes,
    frameworkErrors: (error, _request, reply) => void answerError(error, reply, options),
    http: {
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEvery(requestTimeoutMs),
      // A request without Host gets our answer and not Node's bare one.
      requireHostHeader: false,
      // curl offers h2c by itself: such a request is served as HTTP/1.1.
      shouldUpgradeCallback: (request: IncomingMessage) =>
        request.headers.upgrade?.toLowerCase() === "websocket",
    },
  };
}

/** Upgrades pass the same hooks as requests: host, origin, request id. */
async function installSockets<C extends OperationContext>(
  app: FastifyInstance,
  options: DoorOptions<C>,
): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: options.limits.bodyBytes, handleProtocols },
    errorHandler: (error, socket, request) => {
      // Broken frames and sizes over the limit: the client's fault, ws has already said so in its close frame.
      options.log.debug({ requestId: request.id, message: error.message }, "socket error");
      closeSocket(socket, 1002);
    },
    preClose() {
      for (const socket of app.websocketServer.clients) closeSocket(socket, 1001, "Going away");
      app.websocketServer.close();
    },
  });
}

/** Counts and logs every request once its answer has left. */
function installReports<C extends OperationContext>(
  app: FastifyInstance,
  options: DoorOptions<C>,
  metrics: DoorMetrics,
) {
  app.addHook("onResponse", (request, reply, done) => {
    metrics.request(request.method, routeOf(request), reply.statusCode, reply.elapsedTime);
    logRequest(options.log, request, reply);
    done();
  });
}

function graphqlRoutes<C extends OperationContext>(
  app: FastifyInstance,
  options: DoorOptions<C>,
  metrics: DoorMetrics,
  connections: Connections,
) {
  const pipeline = new Pipeline(options);
  const route = new GraphQLRoute(options, pipeline, metrics);
  const sockets = new Sockets(options, { ...defaultSocketLimits, ...options.socket }, pipeline, metrics);
  const shared = {
    url: "/graphql",
    exposeHeadRoute: false,
    handler: route.serve.bind(route),
  };
  app.route({
    ...shared,
    method: "POST",
    preParsing({ raw }, _reply, _payload, done) {
      connections.awaitBody(raw);
      done();
    },
  });
  app.route({
    ...shared,
    method: "GET",
    wsHandler: (socket, request) => sockets.open(socket, request),
    onRequest(request, reply, done) {
      if (options.explorerDirectory !== undefined && isVisit(request)) toExplorer(reply);
      else done();
    },
  });
}

/** The order matters: what comes first also sees what later parts refuse. */
async function build<C extends OperationContext>(options: DoorOptions<C>): Promise<FastifyInstance> {
  const app = fastify(serverOptions(options));
  const metrics = new DoorMetrics(options.metrics);
  const connections = new Connections(app.server, options.limits.requestTimeoutMs);
  app.addHook("preClose", (done) => {
    connections.close();
    done();
  });
  // Where there is no such path the body is read before that is said.
  app.addHook("preParsing", (request, _reply, _payload, done) => {
    if (request.is404) connections.awaitBody(request.raw);
    done();
  });
  const origins = options.corsOrigins ?? [];
  // A body of plain text is what a foreign page can send without asking first.
  app.removeContentTypeParser("text/plain");
  installErrorAnswers(app, options);
  installExchange(app);
  installReports(app, options, metrics);
  await installCors(app, origins);
  await installSockets(app, options);
  installHostGuard(app, hostCheck(options.host, options.allowedHosts), origins);
  healthRoutes(app, options);
  if (options.surface === "health") return app;
  graphqlRoutes(app, options, metrics, connections);
  await explorerRoutes(app, options.explorerDirectory);
  await app.register(async (scope) => options.routes?.(scope));
  return app;
}

/** An address that means "every interface" can be listened on but not called. */
function urlOf(address: AddressInfo): string {
  const anywhere = { "0.0.0.0": "127.0.0.1", "::": "::1" }[address.address] ?? address.address;
  return `http://${anywhere.includes(":") ? `[${anywhere}]` : anywhere}:${address.port}`;
}

/** Opens the door: HTTP and WebSocket on one port, every operation through one pipeline. */
export async function openDoor<C extends OperationContext>(options: DoorOptions<C>): Promise<Door> {
  const app = await build(options);
  await app.listen({ host: options.host, port: options.port });
  return {
    url: urlOf(app.server.address() as AddressInfo),
    async close() {
      const cut = setTimeout(() => app.server.closeAllConnections(), options.drainTimeoutMs ?? 10_000);
      await app.close().finally(() => clearTimeout(cut));
    },
  };
}
