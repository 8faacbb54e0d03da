import { chmod, mkdir, realpath } from "node:fs/promises";
import { sharedShelf } from "./away.js";
import { findBinaries } from "./binaries.js";
import { prepareCluster } from "./cluster.js";
import { admits, urlOf } from "./database.js";
import { EmbeddedPostgresError, explain } from "./errors.js";
import type { EmbeddedOptions } from "./options.js";
import { passwordOf, resetPassword } from "./password.js";
import { findPlace, type Place, rememberPlace } from "./place.js";
import { clearTheWay } from "./predecessor.js";
import { launch, type Server } from "./server.js";
import { supervise } from "./supervise.js";

export { EmbeddedPostgresError } from "./errors.js";
export { type EmbeddedOptions } from "./options.js";

export interface EmbeddedPostgres {
  /** `postgres://…` as the superuser `postgres`, to the database `tenfold`. */
  readonly url: string;
  /** Ends all sessions and shuts down in order; repeated calls wait for the same end. */
  stop(): Promise<void>;
}

/** Launches and lets nobody have a server that does not take our password: it is set anew when the file was lost. */
async function launchAdmitted(
  options: EmbeddedOptions,
  place: Place,
  postgres: string,
  password: string,
): Promise<Server> {
  for (const attempt of ["as is", "reset"] as const) {
    if (attempt === "reset") await resetPassword(place.account, postgres, place.cluster, password);
    const server = await launch(options, place, postgres);
    try {
      if (await admits(server.port, password)) return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
    await server.stop();
    options.log({ message: "The cluster does not take the password in postgres-password: setting it anew." });
  }
  throw new EmbeddedPostgresError(
    "START_FAILED",
    `The cluster ${place.cluster} refuses its own new password.`,
  );
}

/** Others may pass through the folder, as the user of Postgres must, but not list it; each file has its own mode. */
async function ensureFolder(folder: string): Promise<string> {
  if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o711);
  return realpath(folder);
}

async function start(given: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const options = { ...given, dataDirectory: await ensureFolder(given.dataDirectory) };
  const place = await findPlace(options);
  const { account, folder, away } = place;
  const binaries = await findBinaries(
    account,
    async () => (away ? sharedShelf(folder) : folder),
    options.log,
  );
  const password = await passwordOf(options.dataDirectory);
  await prepareCluster(options, place, binaries, password);
  await rememberPlace(options, place);
  await clearTheWay(options.dataDirectory, place.cluster, options.log);
  const server = await launchAdmitted(options, place, binaries.postgres, password);
  options.log({ message: "Postgres is ready.", pid: server.pid, port: server.port, cluster: place.cluster });
  const relaunch = async (port: number): Promise<Server> => {
    await clearTheWay(options.dataDirectory, place.cluster, options.log);
    return launch(options, place, binaries.postgres, port);
  };
  const end = supervise(server, relaunch, options.log);
  let stopped: Promise<void> | undefined;
  return { url: urlOf(server.port, password), stop: () => (stopped ??= end()) };
}

/**
 * Starts the embedded Postgres on a data folder, making or mending its cluster first. It ends when this process
 * does, however that dies, but not by a Ctrl-C meant for it.
 * @throws EmbeddedPostgresError whose message says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    throw explain(error, options.dataDirectory);
  }
}
