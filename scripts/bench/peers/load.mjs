// The load, in a process of its own: each client has a connection, and asks again once it is answered.
import { Client } from "undici";

/**
 * @typedef {{ url: string, path: string, requests: { headers: Record<string, string>, body: string }[],
 *   clients: number, ms: number, bytes: number | null, itself: string | null }} Job `bytes` is the length of every
 *   answer, where it is known; `itself` names a field in which the answer says how long the work itself took.
 */

/**
 * One request. By undici's dispatch, whose callbacks cost a third of its promises and streams: the load must not be
 * what limits a fast server. Answers the status and the length of the body.
 * @param {Client} client @param {import("undici").Dispatcher.DispatchOptions} options
 * @returns {Promise<{ status: number, bytes: number, text: () => string }>}
 */
const ask = (client, options) =>
  new Promise((resolve, reject) => {
    let status = 0;
    let bytes = 0;
    /** @type {Buffer[]} */
    const parts = [];
    client.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(_controller, part) {
        bytes += part.length;
        parts.push(part);
      },
      onResponseEnd: () => resolve({ status, bytes, text: () => Buffer.concat(parts).toString() }),
      onResponseError: (_controller, error) => reject(error),
    });
  });

/** @param {Job} job */
async function load({ url, path, requests, clients, ms, bytes, itself }) {
  /** @type {number[]} */
  const latencies = [];
  /** @type {number[]} */
  const added = [];
  const said = itself === null ? null : new RegExp(`"${itself}":([\\d.]+)`);
  const begun = performance.now();
  let next = 0;
  const client = async () => {
    const connection = new Client(url);
    for (let now = begun; now - begun < ms; ) {
      const { headers, body } = requests[next++ % requests.length];
      const answer = await ask(connection, { path, method: "POST", headers, body });
      // Compared with another server's before the load began; an answer that differs now is an error of some kind.
      if (answer.status !== 200 || (bytes !== null && answer.bytes !== bytes))
        throw new Error(`${url} answered ${answer.status}: ${answer.text().slice(0, 500)}`);
      const after = performance.now();
      latencies.push(after - now);
      if (said) added.push(after - now - Number(said.exec(answer.text())?.[1]));
      now = after;
    }
    await connection.close();
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsedMs = performance.now() - begun;
  return {
    requests: latencies.length,
    elapsedMs,
    p50: at(latencies, 0.5),
    p99: at(latencies, 0.99),
    addedMs: at(added, 0.5),
  };
}

/** @param {number[]} values @param {number} share */
function at(values, share) {
  values.sort((a, b) => a - b);
  return values[Math.floor((values.length - 1) * share)] ?? null;
}

process.on("message", (job) => {
  load(/** @type {Job} */ (job)).then(
    (result) => process.send?.({ result }),
    (error) => process.send?.({ failure: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
