import { type Logger, pino } from "pino";

export type Log = Logger;

/** Paths never written to a log, wherever an object that carries them is logged. */
const secrets = [
  "authorization",
  "cookie",
  "password",
  "currentPassword",
  "newPassword",
  "passwordHash",
  "invitationToken",
  "token",
  "accessToken",
  "refreshToken",
  "secret",
  "secretHash",
  "masterKey",
  "wrappedKey",
  "variables",
];

/** Structured JSON lines on standard error, one an event; standard output stays for what a person reads. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[redacted]" },
    },
    // Written in blocks: a line a request would cost as much as answering it. `periodicFlush` bounds the delay.
    pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 250 }),
  );
}
