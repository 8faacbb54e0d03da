import { chmod, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { newSecret } from "../../clock.js";
import { giveTo } from "./account.js";
import type { Binaries } from "./binaries.js";
import { absent, EmbeddedPostgresError, systemCode } from "./errors.js";
import { runInitdb } from "./initdb.js";
import type { EmbeddedOptions } from "./options.js";
import type { Place } from "./place.js";
import { alive } from "./postmaster.js";

/** `postgres.draft-<pid>-<random>`: the maker's process id tells the next start whether it was abandoned. */
const draftName = /^(postgres\.draft-(\d+)-[\w-]+)/;

/** Of this process; an id alone can't tell, since in a container every run may have the same one. */
const ownDrafts = new Set<string>();

async function removeAbandonedDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, draft = "", maker = 0] = draftName.exec(name) ?? [];
    const inUse = Number(maker) === process.pid ? ownDrafts.has(join(folder, draft)) : alive(Number(maker));
    if (draft === "" || inUse) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The major version of a complete cluster. initdb writes pg_control late and never leaves one without. */
async function versionOf(cluster: string): Promise<string | undefined> {
  const control = await stat(join(cluster, "global", "pg_control")).catch(absent);
  return control && (await readFile(join(cluster, "PG_VERSION"), "utf8").catch(absent))?.trim();
}

function otherVersion(cluster: string, found: string, ours: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "OTHER_VERSION",
    `${cluster} was made by Postgres ${found}; this Tenfold brings Postgres ${ours}, which can't read it. Dump it ` +
      `with a Postgres ${found} and restore it into a new data folder, or run a Postgres ${found} on it and set ` +
      `DATABASE_URL, or move it away to begin with an empty database.`,
  );
}

/** A folder that is no cluster is kept under another name: nothing of a person's is ever deleted on suspicion. */
async function setAside({ cluster }: Place, log: EmbeddedOptions["log"]): Promise<void> {
  if (!(await stat(cluster).catch(absent))) return;
  if ((await readdir(cluster)).length === 0) return rmdir(cluster);
  const aside = `${cluster}.incomplete-${newSecret(6)}`;
  await rename(cluster, aside);
  log({ message: "The cluster was half-written: it is set aside and a new one is made.", aside });
}

/** A rename outlives a power failure only once the folder that holds the name is on disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}

async function create(
  options: EmbeddedOptions,
  place: Place,
  binaries: Binaries,
  password: string,
): Promise<void> {
  const draft = join(place.folder, `postgres.draft-${process.pid}-${newSecret(6)}`);
  ownDrafts.add(draft);
  try {
    await mkdir(draft, { mode: 0o700 });
    await chmod(draft, 0o700);
    await giveTo(place.account, draft);
    await runInitdb(options, place.account, { binary: binaries.initdb, folder: draft, password });
    await rename(draft, place.cluster);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another first start was quicker: its cluster has the same password and serves as well as ours.
    if (systemCode(error) !== "ENOTEMPTY") throw error;
  } finally {
    ownDrafts.delete(draft);
  }
  await syncFolder(place.folder);
}

/**
 * Leaves a complete cluster of our version at `place.cluster`. It is made under another name and renamed when
 * complete, so a start killed half-way leaves only a draft, which the next start removes.
 * @throws EmbeddedPostgresError OTHER_VERSION, START_FAILED
 */
export async function prepareCluster(
  options: EmbeddedOptions,
  place: Place,
  binaries: Binaries,
  password: string,
): Promise<void> {
  await removeAbandonedDrafts(place.folder);
  const version = await versionOf(place.cluster);
  if (version === binaries.major) return;
  if (version) throw otherVersion(place.cluster, version, binaries.major);
  await setAside(place, options.log);
  options.log({ message: "Making a new database cluster.", cluster: place.cluster });
  await create(options, place, binaries, password);
}
