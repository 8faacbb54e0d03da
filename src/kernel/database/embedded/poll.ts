import { setTimeout as pause } from "node:timers/promises";

const interval = 20;

/**
 * Asks every 20 ms until there is an answer; undefined when `milliseconds` are over. Counts its steps rather
 * than reading the clock, so that a test which holds the clock can't make it wait for ever.
 */
export async function poll<T>(
  milliseconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let step = 0; step * interval < milliseconds; step++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(interval);
  }
  return ask();
}
