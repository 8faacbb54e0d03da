import { CloseCode, type Server } from "graphql-ws";
import type { WebSocket } from "ws";
import type { Log } from "../log.js";

/** A close reason may have 123 bytes (RFC 6455, 5.5): the frame's 125 less the code. */
const reasonBytes = 123;

/** How long a client may take to answer our close frame before the socket is cut. */
const graceMs = 1_000;

/** Closes a socket for good: a client that ignores the close frame is cut. */
export function closeSocket(socket: WebSocket, code: number, reason = ""): void {
  socket.close(
    code,
    new TextDecoder().decode(Buffer.from(reason).subarray(0, reasonBytes)).replace(/\uFFFD$/, ""),
  );
  setTimeout(() => socket.terminate(), graceMs).unref();
}

/**
 * A registered document is named by its id and needs no text, but graphql-ws refuses a `subscribe` without `query`.
 * Only messages that name one are parsed twice.
 */
function withQuery(message: string): string {
  if (!message.includes('"documentId"') && !message.includes('"persistedQuery"')) return message;
  try {
    const parsed = JSON.parse(message);
    if (parsed?.type === "subscribe" && parsed.payload && parsed.payload.query == null)
      parsed.payload.query = "";
    return JSON.stringify(parsed);
  } catch {
    return message;
  }
}

/** Resolves when the bytes have left, so that a slow reader slows its own subscriptions and not our memory. */
const send = (socket: WebSocket, data: string): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // A failed send closes the socket, and that ends its operations.
    socket.send(data, () => resolve());
  });

/** Pings until the socket closes; a ping unanswered by the next one means the other side is gone. */
function keepAlive(socket: WebSocket, everyMs: number): void {
  let alive = true;
  socket.on("pong", () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, everyMs).unref();
  socket.once("close", () => clearInterval(timer));
}

/** Joins a socket to the graphql-ws server. Their ready-made adapter prints to the console and reads on after `close`. */
export function joinSocket<E>(
  server: Server<E>,
  socket: WebSocket,
  extra: E,
  everyMs: number,
  log: Log,
): void {
  const failed = (error: unknown): void => {
    // A message only a server may send: graphql-ws throws, though the fault is the client's.
    if (String(Object(error).message).startsWith("Unexpected message of type")) {
      return closeSocket(socket, CloseCode.BadRequest, "Invalid message received");
    }
    log.error({ err: error }, "socket message failed");
    closeSocket(socket, 1011, "Internal error");
  };
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, data),
      close: (code = 1000, reason) => closeSocket(socket, code, reason),
      onMessage: (handle) => {
        socket.on("message", (data) => {
          // ws goes on delivering until the close is answered; a revoked client must not run one more mutation.
          if (socket.readyState === socket.OPEN) handle(withQuery((data as Buffer).toString())).catch(failed);
        });
      },
    },
    extra,
  );
  keepAlive(socket, everyMs);
  socket.once("close", (code, reason) => closed(code, String(reason)).catch(failed));
}
