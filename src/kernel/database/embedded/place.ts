import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Account, accountFor, giveToOwnerOf, reaches } from "./account.js";
import { awayFolder } from "./away.js";
import { absent, EmbeddedPostgresError } from "./errors.js";
import type { EmbeddedOptions } from "./options.js";

/** Where a data folder's cluster lives, and who runs it. */
export interface Place {
  /** Holds `cluster` and the drafts that become it: the data folder or, when closed to `account`, one away from it. */
  folder: string;
  cluster: string;
  account: Account;
  away: boolean;
}

const clusterIn = (folder: string): string => join(folder, "postgres");
const pointerIn = (dataDirectory: string): string => join(dataDirectory, "postgres-location");

/** An empty database in place of people's data would look like their loss, and hide that it may be found again. */
function gone(dataDirectory: string, folder: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "CLUSTER_GONE",
    `The database of ${dataDirectory} was kept in ${folder}, which is gone. Bring that folder back, ` +
      `or delete ${pointerIn(dataDirectory)} to begin with an empty database.`,
  );
}

/** Where an earlier start put the cluster; undefined when there was none, or one of tests that is gone. */
async function knownFolder({ dataDirectory, durability }: EmbeddedOptions): Promise<string | undefined> {
  const pointer = (await readFile(pointerIn(dataDirectory), "utf8").catch(absent))?.trim();
  const folder = pointer ?? dataDirectory;
  if (await stat(clusterIn(folder)).catch(absent)) return folder;
  if (pointer && durability === "safe") throw gone(dataDirectory, pointer);
  return undefined;
}

function unreachable(folder: string, account: Account): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "NO_ACCESS",
    `Postgres runs as user ${account?.uid}, who can't get to its data in ${folder}. Make the folders above it ` +
      "passable (chmod o+x), or start as the user who owns them.",
  );
}

/**
 * Finds the cluster's place, the same at every start: as remembered, else the data folder, else a folder away
 * from it where the account of Postgres can get to.
 * @throws EmbeddedPostgresError NO_ACCESS, CLUSTER_GONE
 */
export async function findPlace(options: EmbeddedOptions): Promise<Place> {
  const { dataDirectory } = options;
  const known = await knownFolder(options);
  const account = await accountFor([clusterIn(known ?? dataDirectory), dataDirectory]);
  const reachable = await reaches(account, known ?? dataDirectory);
  if (known && !reachable) throw unreachable(known, account);
  const folder = known ?? (reachable ? dataDirectory : await awayFolder(options, account));
  return { folder, cluster: clusterIn(folder), account, away: folder !== dataDirectory };
}

/** Written once the cluster exists, so that a pointer to nothing always means a loss and not a killed start. */
export async function rememberPlace({ dataDirectory, log }: EmbeddedOptions, place: Place): Promise<void> {
  if (!place.away) return;
  log({
    message: "The data folder is closed to the user Postgres runs as: the cluster is elsewhere.",
    ...place,
  });
  await writeFile(pointerIn(dataDirectory), `${place.folder}\n`);
  await giveToOwnerOf(dataDirectory, pointerIn(dataDirectory));
}
