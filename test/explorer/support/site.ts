import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { createHandler } from "graphql-http/lib/use/http";
import { parse } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { Counterpart, schema } from "./counterpart.js";

/**
 * The least that the explorer needs. 'unsafe-inline' for styles only: Monaco writes a style element for its
 * theme and style attributes into the lines it renders. `connect-src 'self'` covers ws: on the same host.
 */
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
};

export interface Site {
  url: string;
  counterpart: Counterpart;
  /** Closes every open socket, as the server does when a token ends (4403) or when it restarts (1012). */
  dropSockets(code: number): void;
  close(): Promise<void>;
}

/** dist/explorer and a GraphQL server over HTTP and WebSocket on one loopback port, under the policy. */
export async function openSite(): Promise<Site> {
  const counterpart = new Counterpart();
  const http = createServer((request, response) => {
    if (request.url?.startsWith("/graphql") && request.method === "POST")
      void answer(counterpart, request, response);
    else void serveFile(request.url ?? "/", response);
  });
  const sockets = openSockets(http, counterpart);
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphiql/`,
    counterpart,
    dropSockets: (code) => sockets.clients.forEach((socket) => socket.close(code)),
    close: () => shut(http, sockets),
  };
}

function answer(counterpart: Counterpart, request: IncomingMessage, response: ServerResponse) {
  const { authorization, "x-tenant": tenant } = request.headers;
  return createHandler({
    schema,
    rootValue: counterpart.root(authorization, tenant),
    onSubscribe: (_request, { operationName }) => {
      if (operationName === "IntrospectionQuery") counterpart.introspections += 1;
    },
  })(request, response);
}

function openSockets(server: Server, counterpart: Counterpart): WebSocketServer {
  const sockets = new WebSocketServer({ server, path: "/graphql" });
  useServer(
    {
      onConnect: ({ connectionParams }) => counterpart.accepts(connectionParams?.["authorization"]),
      onSubscribe: ({ connectionParams }, _id, { query, variables, operationName }) => ({
        schema,
        document: parse(query),
        variableValues: variables,
        operationName,
        rootValue: counterpart.root(connectionParams?.["authorization"]),
      }),
    },
    sockets,
  );
  return sockets;
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const name = path === "/graphiql/" ? "index.html" : normalize(path.replace(/^\/graphiql\//, ""));
  const body = await readFile(join("dist/explorer", name)).catch(() => undefined);
  response.writeHead(body ? 200 : 404, {
    "content-type": types[extname(name)] ?? "application/octet-stream",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

async function shut(http: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  http.closeAllConnections();
  await new Promise((closed) => http.close(closed));
}
