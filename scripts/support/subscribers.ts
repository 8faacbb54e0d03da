import { WebSocket } from "ws";

/** What the benchmark asks of this process. */
export type Order =
  | {
      readonly open: number;
      readonly url: string;
      readonly authorization: string;
      readonly jobs: readonly string[];
    }
  | "collect";

/** What was seen since the last time. */
export interface Collected {
  /** Milliseconds from an event's sending to its arrival. */
  readonly latencies: readonly number[];
  /** Sockets open at this moment. */
  readonly open: number;
}

// The clients of `bench graphql --only subscriptions`, in a process of their own. The protocol is spoken by hand, as
// a client library's cost for thousands of sockets would be counted as delay.
let latencies: number[] = [];
let open = 0;

const query = "subscription ($id: ID!) { trainingProgress(jobId: $id) { epoch etaMs } }";

interface Message {
  readonly type: string;
  readonly payload?: {
    readonly data?: { readonly trainingProgress: { epoch: number; etaMs: number | null } };
  };
}

/** Resolves once let in, and subscribed where there is a job to follow. */
function connect(url: string, authorization: string, jobId: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, "graphql-transport-ws", { perMessageDeflate: false });
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on("error", reject);
    socket.on("close", (code) => {
      open -= 1;
      reject(new Error(`The socket was closed with ${code}.`));
    });
    socket.on("open", () => {
      open += 1;
      send({ type: "connection_init", payload: { authorization } });
    });
    socket.on("message", (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString()) as Message;
      if (type === "ping") return send({ type: "pong" });
      if (type === "connection_ack") {
        if (jobId === undefined) return resolve();
        return send({ id: "1", type: "subscribe", payload: { query, variables: { id: jobId } } });
      }
      const progress = payload?.data?.trainingProgress;
      if (type !== "next" || !progress) return reject(new Error(data.toString()));
      // The first tells the state at the beginning; in the others `etaMs` is when they were sent.
      if (progress.etaMs === null) return resolve();
      latencies.push(Date.now() - progress.etaMs);
    });
  });
}

async function obey(order: Order): Promise<Collected | { failure: string }> {
  if (order === "collect") {
    const collected = { latencies, open };
    latencies = [];
    return collected;
  }
  const { url, authorization, jobs } = order;
  let next = 0;
  const opener = async (): Promise<void> => {
    for (let mine = next++; mine < order.open; mine = next++)
      await connect(url, authorization, jobs[mine % Math.max(1, jobs.length)]);
  };
  await Promise.all(Array.from({ length: 50 }, opener));
  return { latencies: [], open };
}

process.on("message", (order) => {
  obey(order as Order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
