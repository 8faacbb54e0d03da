import { Agent, request } from "node:http";

/** What a load of many clients came to. */
export interface Load {
  perSecond: number;
  /** Milliseconds of each request. */
  latencies: number[];
}

/** One POST over a kept connection. Rejects where the answer is not 200 or carries errors. */
function post(url: URL, agent: Agent, headers: Record<string, string>, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () =>
        response.statusCode === 200 && !text.includes('"errors"') ? resolve() : reject(new Error(text)),
      );
    });
    sent.on("error", reject).end(body);
  });
}

/** Each client asks again as soon as it is answered, for so many milliseconds. */
export async function load(
  url: string,
  headers: Readonly<Record<string, string>>,
  operation: object,
  clients: number,
  durationMs: number,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const body = JSON.stringify(operation);
  const sent = {
    ...headers,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
  };
  const target = new URL("/graphql", url);
  const latencies: number[] = [];
  const begun = performance.now();
  const client = async (): Promise<void> => {
    for (let now = begun; now - begun < durationMs; ) {
      await post(target, agent, sent, body);
      const after = performance.now();
      latencies.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const perSecond = latencies.length / ((performance.now() - begun) / 1_000);
  agent.destroy();
  return { perSecond, latencies };
}
