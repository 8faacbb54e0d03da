import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { httpErrorOf } from "./http-error.js";

interface Connection {
  /** To its last request so far; null before the first. Those before it have left once it has: pipelines keep order. */
  answer: ServerResponse | null;
  /** A request whose whole body is waited for, and since when. */
  awaited: IncomingMessage | null;
  since: number;
}

/**
 * Time that a request still has to come in once the server stops, in milliseconds: what is on its way arrives, and a
 * sender that waits would hold the shutdown up until all connections are cut.
 */
const lastCallMs = 1_000;

/**
 * What runs on each connection. Node closes idle ones at shutdown only where they have had a request: a browser's
 * preconnect or a load balancer's probe would hold it up until its time limit. And Node limits a request's time for the
 * whole server, where uploads take longer than a body that is read before anything is done.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  /** Since when the server stops. */
  #closing = Number.POSITIVE_INFINITY;

  /** @param bodyTimeoutMs how long a body that was announced by `awaitBody` may take */
  constructor(
    server: Server,
    private readonly bodyTimeoutMs: number,
  ) {
    server.on("connection", (socket) => {
      this.#open.set(socket, { answer: null, awaited: null, since: 0 });
      socket.once("close", () => this.#open.delete(socket));
    });
    server.on("request", ({ socket }: IncomingMessage, answer: ServerResponse) => {
      const connection = this.#open.get(socket);
      if (connection) connection.answer = answer;
    });
    // A WebSocket is closed in its own way, with a code that tells the client why.
    server.on("upgrade", ({ socket }: IncomingMessage) => this.#open.delete(socket));
    // One look at all of them now and then costs less than a timer for each request.
    const sweeper = setInterval(() => this.#refuseLate(), Math.min(1_000, bodyTimeoutMs / 4)).unref();
    // Not sooner: a late body would hold the shutdown up until all connections are cut.
    server.once("close", () => clearInterval(sweeper));
  }

  /** Has the body refused with 408 that trickles in: it would hold a connection for nothing. */
  awaitBody(request: IncomingMessage): void {
    const connection = this.#open.get(request.socket);
    if (!connection) return;
    connection.awaited = request;
    connection.since = performance.now();
  }

  /** Ends those that were never used, where Node ends the idle ones, and soon those whose request does not come. */
  close(): void {
    this.#closing = performance.now();
    for (const [socket, { answer }] of this.#open) if (!answer) socket.destroy();
  }

  #refuseLate(): void {
    const now = performance.now();
    const last = this.#closing + lastCallMs <= now;
    for (const [socket, connection] of this.#open) {
      const { answer, awaited, since } = connection;
      // Half a head, or a body that nobody waits for any more: to Node neither is idle.
      if (last && answer?.writableFinished !== false) socket.destroy();
      if (!awaited || (since > now - this.bodyTimeoutMs && !last)) continue;
      connection.awaited = null;
      // Fastify answers what the stream emits; destroying it would cut the socket before the answer.
      // Without a listener the body was never wanted, and the error would end the process.
      if (!awaited.complete && awaited.listenerCount("error") > 0) awaited.emit("error", httpErrorOf(408));
    }
  }
}
