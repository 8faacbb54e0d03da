import argon2 from "argon2";
import { badInput } from "../../kernel/errors.js";

/** OWASP's and RFC 9106's second choice: 19 MiB, two passes, one lane. */
const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** More at once would fill libuv's four threads and stall every file and name look-up of the process. */
const atOnce = 2;

/** A hash of nothing anybody knows, so that an unknown account takes as long to refuse as a wrong password. */
const decoy =
  "$argon2id$v=19$m=19456,t=2,p=1$dGVuZm9sZC1kZWNveS1zYWx0$6n8gSm2tFbDl8O7qWjQ9nC4pXyZr1vKfHs0aLbEeUdI";

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
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

export const hashPassword = (password: string): Promise<string> => inTurn(() => argon2.hash(password, cost));

/** False for a wrong password and, after the same time, for no hash at all. */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const matches = await inTurn(() => argon2.verify(hash ?? decoy, password).catch(() => false));
  return hash !== null && matches;
}

const sequences = ["abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm"];

/**
 * The policy of NIST SP 800-63B-4 for a password that stands alone: at least 15 characters, no rules on what they
 * are made of, and nothing that is guessed first. Throws BAD_USER_INPUT at `path`.
 */
export function checkPassword(path: string, password: string, known: readonly string[]): void {
  const length = Array.from(password).length;
  if (length < 15)
    throw badInput(path, "The password needs at least 15 characters; a few random words do well.");
  if (Buffer.byteLength(password) > 256) throw badInput(path, "The password is longer than 256 bytes.");
  const plain = password.toLowerCase();
  const guessed =
    new Set(plain).size < 5 ||
    sequences.some((sequence) => sequence.repeat(2).includes(plain)) ||
    /^(password|passwort|welcome|letmein|admin)[\d\W]*\1?[\d\W]*$/.test(plain) ||
    known.some((word) => word.length >= 4 && plain.replaceAll(word.toLowerCase(), "").length < 6);
  if (guessed) throw badInput(path, "This password is among the first that are guessed. Choose another.");
}
