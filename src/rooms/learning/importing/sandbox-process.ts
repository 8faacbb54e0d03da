import { Worker } from "node:worker_threads";
import { toPlainError } from "../errors.js";
import { GraphSession, RowFailed } from "./graph-session.js";
import type { FromSandbox, ToSandbox } from "./sandbox-messages.js";

/* Entry of a sandbox: reads one file, or computes with one graph. It lives only as long as its parent. */
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides when this ends.
process.on("SIGINT", () => undefined);

const watch = new Worker(new URL("./memory-watch.js", import.meta.url), {
  workerData: { memoryBytes: Number(process.argv[2]) },
  execArgv: [],
});
watch.unref();

let session: GraphSession | undefined;

async function answer(question: ToSandbox): Promise<FromSandbox> {
  if (question.type === "read") {
    // Only now: the layers library takes half a second to load, and one that serves a graph needs nothing of it.
    const { readImport } = await import("./read-import.js");
    return { type: "read", imported: await readImport(question.file, question.plan) };
  }
  if (question.type === "load") {
    session = await GraphSession.open(question.model, question.sides);
    return { type: "loaded" };
  }
  if (!session) throw new Error("Nothing is loaded.");
  return { type: "ran", outputs: await session.run(question.matrix, question.rows) };
}

process.on("message", (question: ToSandbox) => {
  answer(question)
    .catch((error: unknown): FromSandbox => {
      const row = error instanceof RowFailed && { row: error.row };
      return { type: "failed", error: toPlainError(error), ...row };
    })
    .then((message) => process.send?.(message))
    .catch(() => process.exit(1));
});
