// Loaded before the server (`--import`), ours and peers' alike: the benchmark reads a server's own CPU and memory
// through the channel it was forked with, and a server ends with the benchmark.

/** @typedef {{ cpuMs: number, heapBytes: number, rssBytes: number }} Usage */

/** @returns {Usage} CPU of all threads since the start, user and system; the heap after a collection where one is allowed. */
function usage() {
  const collect = /** @type {{ gc?: () => void }} */ (globalThis).gc;
  collect?.();
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, heapBytes: heapUsed, rssBytes: rss };
}

process.on("message", (asked) => {
  if (asked === "usage") process.send?.(usage());
});
process.on("disconnect", () => process.exit(0));
