import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** GraphiQL draws with inline styles and edits in workers; everything else comes from here, and nothing leaves. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  // Covers the socket too: 'self' matches ws: and wss: of the same host (Content Security Policy Level 3).
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What a page needs besides what every answer has. */
const pageHeaders = {
  "content-security-policy": policy,
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

function setHeaders(reply: FastifyReply, path: string): void {
  // Only hashed names never change; index.html names the hashes of today.
  const hashed = /[\\/]assets[\\/]/.test(path);
  reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  reply.headers(pageHeaders);
}

/** Whether somebody opened the API's address in a browser, where other servers of GraphQL show their explorer. */
export const isVisit = ({ url, headers }: FastifyRequest): boolean =>
  !url.includes("?") && headers.accept?.startsWith("text/html") === true;

export const toExplorer = (reply: FastifyReply): FastifyReply => reply.redirect("/graphiql/");

/** Serves the built explorer below `/graphiql/` and leads there from `/` and `/graphiql`. */
export async function explorerRoutes(app: FastifyInstance, directory: string | undefined): Promise<void> {
  if (directory === undefined) return;
  for (const path of ["/", "/graphiql"]) app.get(path, (_request, reply) => toExplorer(reply));
  await app.register(fastifyStatic, {
    root: directory,
    prefix: "/graphiql/",
    cacheControl: false,
    decorateReply: false,
    // The build puts .br and .gz beside each file: a quarter of the bytes, and no request waits for a compressor.
    preCompressed: true,
    setHeaders,
  });
}
