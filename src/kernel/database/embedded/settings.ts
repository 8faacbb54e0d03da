import { access, constants, statfs } from "node:fs/promises";
import type { EmbeddedOptions } from "./options.js";

const linux = process.platform === "linux";

/**
 * Containers often come with 64 MB of /dev/shm or none, and parallel queries then fail with "could not resize
 * shared memory segment"; files in the data folder are slower but always there.
 */
async function sharedMemory(): Promise<string> {
  if (!linux) return "posix";
  const room = await access("/dev/shm", constants.W_OK)
    .then(() => statfs("/dev/shm"))
    .catch(() => undefined);
  return room && room.blocks * room.bsize >= 256 * 2 ** 20 ? "posix" : "mmap";
}

const safe = { wal_level: "replica" };

/** A killed Postgres loses its last half second of commits; a crashed machine may ruin the cluster. */
const fast = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  log_checkpoints: "off",
};

/** What initdb needs to know as well, since it starts Postgres to fill the cluster. */
export const initialSettings = async (): Promise<Record<string, string>> => ({
  dynamic_shared_memory_type: await sharedMemory(),
  huge_pages: "off",
});

async function settings(options: EmbeddedOptions, port: number): Promise<Record<string, string>> {
  return {
    ...(await initialSettings()),
    listen_addresses: "127.0.0.1",
    port: String(port),
    // A socket in /tmp would be open to every user of the machine.
    unix_socket_directories: "",
    max_connections: String(options.maxConnections ?? 100),
    shared_buffers: "128MB",
    // A schema per tenant: one statement over all of them locks tens of thousands of tables.
    max_locks_per_transaction: "512",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    // Constraints decide by failing, so errors are routine; their DETAIL would put tenants' values into the log.
    log_min_messages: "log",
    log_error_verbosity: "terse",
    // Else recovery opens every file of every tenant before it begins. Linux alone has syncfs.
    ...(linux ? { recovery_init_sync_method: "syncfs" } : {}),
    ...(options.durability === "fast" ? fast : safe),
    // Unknown to Postgres and shown by ps: lets the next start see whether the one who started this lives.
    "tenfold.owner": String(process.pid),
  };
}

export const flags = (values: Record<string, string>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** Given on the command line at every start, so that they follow the code and not the age of the cluster. */
export const settingFlags = async (options: EmbeddedOptions, port: number): Promise<string[]> =>
  flags(await settings(options, port));
