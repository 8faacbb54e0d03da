import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** The next thing a process says; throws where it ends before, which would be waited for in vain. */
export async function told<Answer>(child: ChildProcess): Promise<Answer> {
  const over = new AbortController();
  const { signal } = over;
  const exit = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`${child.spawnargs.at(-1)} ended with ${String(code)} before it answered.`);
  });
  try {
    const [answer] = (await Promise.race([once(child, "message", { signal }), exit])) as [Answer];
    return answer;
  } finally {
    exit.catch(() => {});
    over.abort();
  }
}

/** Ends a process that ends when its channel is closed; at once where it has ended already, as one that failed. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  if (child.connected) child.disconnect();
  await exit;
}
