import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Connections without a running request, such as a browser's preconnect or a load balancer's probe. Node closes those
 * that have had a request; one that never had any would hold a shutdown up until its time limit.
 */
export class IdleSockets {
  readonly #running = new Map<Socket, number>();

  constructor(server: Server) {
    server.on("connection", (socket) => {
      this.#running.set(socket, 0);
      socket.once("close", () => this.#running.delete(socket));
    });
    server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#count(socket, 1);
      response.once("close", () => this.#count(socket, -1));
    });
    // A WebSocket is closed in its own way, with a code that tells the client why.
    server.on("upgrade", ({ socket }: IncomingMessage) => this.#running.delete(socket));
  }

  close(): void {
    for (const [socket, requests] of this.#running) if (requests === 0) socket.destroy();
  }

  #count(socket: Socket, change: number): void {
    const requests = this.#running.get(socket);
    if (requests !== undefined) this.#running.set(socket, requests + change);
  }
}
