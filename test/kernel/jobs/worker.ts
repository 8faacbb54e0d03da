// A worker of its own process, for specs that kill it: reports by IPC, and never finishes a job.
import { JobAborted, Jobs } from "../../../src/kernel/jobs/index.js";
import { createLog } from "../../../src/kernel/log.js";
import { noteJob } from "./definitions.js";

const [connectionString = ""] = process.argv.slice(2);
const job = noteJob();
const jobs = new Jobs({ connectionString, log: createLog("silent"), jobs: [job] });

jobs.work(job, async ({ jobId, attempt, signal }) => {
  process.send?.({ event: "started", jobId, attempt });
  await new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      const why = signal.reason instanceof JobAborted ? signal.reason.why : "unknown";
      process.send?.({ event: "aborted", jobId, why });
      reject(signal.reason as Error);
    });
  });
});

process.once("disconnect", () => process.exit());
await jobs.start();
