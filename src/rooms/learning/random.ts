import { createHash } from "node:crypto";

/**
 * A generator of numbers in [0, 1) that is the same for the same parts, e.g. `(seed, "epoch", 3)`; parts are hashed,
 * so neighbouring seeds give unrelated streams and a seed of 0 is like any other.
 * sfc32 by Chris Doty-Humphrey (PractRand, public domain).
 */
export function seededRandom(...parts: (string | number)[]): () => number {
  const state = createHash("sha256").update(JSON.stringify(parts)).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => state.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

let held = false;

/**
 * Runs `work` with `Math.random` replaced: the only way to seed the shuffling and the dropout inside tfjs's `fit`.
 * Two at once in one process would take numbers from each other, so the second is refused.
 */
export async function withRandom<T>(random: () => number, work: () => Promise<T> | T): Promise<T> {
  if (held) throw new Error("Math.random is already seeded in this process.");
  const original = Math.random;
  held = true;
  Math.random = random;
  try {
    return await work();
  } finally {
    Math.random = original;
    held = false;
  }
}

/** A shuffled copy (Fisher–Yates). */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
