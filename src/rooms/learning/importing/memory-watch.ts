import { workerData } from "node:worker_threads";

/*
 * Entry of the thread that watches over a sandbox from inside: native code answers to no limit of V8's, and the thread
 * that runs it looks at nothing meanwhile. SIGKILL, since nothing in the process may delay its end.
 */
const { memoryBytes } = workerData as { memoryBytes: number };
setInterval(() => {
  if (process.memoryUsage.rss() > memoryBytes) process.kill(process.pid, "SIGKILL");
}, 10);
