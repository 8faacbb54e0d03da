import { clock } from "../../src/kernel/clock.js";

/** Runs `body` with the clock of this process put forward (or back); everything in between believes it. */
export async function later<T>(ms: number, body: () => Promise<T>): Promise<T> {
  const { now } = clock;
  clock.now = () => new Date(now().getTime() + ms);
  try {
    return await body();
  } finally {
    clock.now = now;
  }
}

export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => minutes(60 * count);
export const days = (count: number): number => hours(24 * count);

/** Waits until `holds` does, for what another process is told of by notification. */
export async function eventually(holds: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error("It did not come to be.");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
