import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { giveToOwnerOf } from "./account.js";
import { absent } from "./errors.js";

const limit = 8 * 2 ** 20;

/** `<dataDirectory>/postgres.log`, opened anew for one run of Postgres. */
export interface LogFile {
  descriptor: number;
  /** The last lines that this run has written. */
  tail(): Promise<string>;
  close(): Promise<void>;
}

async function readFrom(path: string, start: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const from = Math.max(start, size - 8192);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - from)), { position: from });
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}

async function openOwned(dataDirectory: string, path: string): Promise<FileHandle> {
  const file = await open(path, "a", 0o600);
  await giveToOwnerOf(dataDirectory, path);
  return file;
}

/**
 * Opens the log for appending. Above 8 MiB it first becomes `postgres.log.old`, so both stay under about 16 MiB;
 * Postgres gets the descriptor, so that its user needs no access to the folder.
 */
export async function openLogFile(dataDirectory: string): Promise<LogFile> {
  const path = join(dataDirectory, "postgres.log");
  const found = await stat(path).catch(absent);
  const full = found !== undefined && found.size > limit;
  if (full) await rename(path, `${path}.old`);
  const start = full ? 0 : (found?.size ?? 0);
  const file = await openOwned(dataDirectory, path);
  return {
    descriptor: file.fd,
    tail: async () => (await readFrom(path, start)).trimEnd().split("\n").slice(-20).join("\n"),
    close: () => file.close(),
  };
}
