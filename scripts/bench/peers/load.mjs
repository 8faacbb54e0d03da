// The load, in a process of its own: 16 clients over 16 kept connections, each asking again once it is answered.
import { Pool } from "undici";

/**
 * @typedef {{ url: string, path: string, requests: { headers: Record<string, string>, body: string }[],
 *   clients: number, ms: number, bytes: number | null }} Job `bytes` is the length of every answer, where it is known.
 * @param {Job} job
 */
async function load({ url, path, requests, clients, ms, bytes }) {
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  /** @type {number[]} */
  const latencies = [];
  const begun = performance.now();
  let next = 0;
  const client = async () => {
    for (let now = begun; now - begun < ms; ) {
      const { headers, body } = requests[next++ % requests.length];
      const answer = await pool.request({ path, method: "POST", headers, body });
      const got = await answer.body.bytes();
      // Compared with another server's before the load began; an answer that differs now is an error of some kind.
      if (answer.statusCode !== 200 || (bytes !== null && got.length !== bytes))
        throw new Error(`${url} answered ${answer.statusCode}: ${Buffer.from(got).toString().slice(0, 500)}`);
      const after = performance.now();
      latencies.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsedMs = performance.now() - begun;
  await pool.close();
  latencies.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => latencies[Math.floor((latencies.length - 1) * share)];
  return { requests: latencies.length, elapsedMs, p50: at(0.5), p99: at(0.99) };
}

process.on("message", (job) => {
  load(/** @type {Job} */ (job)).then(
    (result) => process.send?.({ result }),
    (error) => process.send?.({ failure: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
