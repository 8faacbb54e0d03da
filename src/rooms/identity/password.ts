import argon2 from "argon2";
import { badInput, RateLimited } from "../../kernel/errors.js";

/** OWASP's and RFC 9106's second choice: 19 MiB, two passes, one lane. */
const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** More at once would fill libuv's four threads and stall every file and name look-up of the process. */
const atOnce = 2;

/** The hash of 32 random bytes that nobody kept: refusing an unknown account takes what a wrong password takes. */
export const decoy =
  "$argon2id$v=19$m=19456,p=1,t=2$3lKKQTO9HGB0998IeoYY5w$szm/Co5XX5GPWW4xLC4HRcAxfko3+Amswxsbp6q1p9A";

/** Longer a queue answers nobody in time; whoever is refused can try again. */
const atMostWaiting = 500;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= atMostWaiting)
    throw new RateLimited("Too many people are signing in. Try again in a moment.");
  if (running >= atOnce) await new Promise<void>((go) => waiting.push(go));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** One text for all the ways in which keyboards write it (NIST SP 800-63B-4, 3.1.1.2). */
const normal = (password: string): string => password.normalize("NFKC");

export const hashPassword = (password: string): Promise<string> =>
  inTurn(() => argon2.hash(normal(password), cost));

/** False for a wrong password and, after the same time, for no hash at all. Throws RATE_LIMITED. */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const matches = await inTurn(() => argon2.verify(hash ?? decoy, normal(password)));
  return hash !== null && matches;
}

const sequences = [
  "abcdefghijklmnopqrstuvwxyz",
  "12345678901234567890",
  "qwertyuiopasdfghjklzxcvbnm",
].flatMap((sequence) => [sequence.repeat(3), Array.from(sequence).toReversed().join("").repeat(3)]);

/** What the lists of leaked passwords are made of; whatever is put around them is tried as well. */
const common =
  "password passwort welcome letmein qwerty iloveyou changeme administrator admin secret login".split(" ");
const leaked = new Set([
  "correcthorsebatterystaple",
  "thequickbrownfoxjumpsoverthelazydog",
  "1q2w3e4r5t6y7u8i9o0p",
]);

/**
 * The policy of NIST SP 800-63B-4 for a password that stands alone: at least 15 characters, no rules on what they
 * are made of, and nothing that is guessed first. `known` are words of the account and its tenant. Throws
 * BAD_USER_INPUT at `path`.
 */
export function checkPassword(path: string, password: string, known: readonly string[]): void {
  if (Array.from(normal(password)).length < 15)
    throw badInput(path, "The password needs at least 15 characters; a few random words do well.");
  if (Buffer.byteLength(normal(password)) > 256)
    throw badInput(path, "The password is longer than 256 bytes.");
  if (isGuessed(normal(password).toLowerCase(), known))
    throw badInput(path, "This password is among the first that are guessed. Choose another.");
}

function isGuessed(password: string, known: readonly string[]): boolean {
  const letters = password.replaceAll(/[^\p{L}\p{N}]/gu, "");
  if (new Set(password).size < 5 || /^(.{1,8}?)\1+$/su.test(password)) return true;
  if (leaked.has(letters) || sequences.some((sequence) => sequence.includes(password))) return true;
  const words = [...known.map((word) => word.toLowerCase()), ...common].filter((word) => word.length >= 4);
  const rest = words.reduce((left, word) => left.replaceAll(word, ""), password);
  return rest !== password && rest.replaceAll(/[^\p{L}]/gu, "").length < 6;
}
