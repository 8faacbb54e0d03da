import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clock } from "../clock.js";
import type { Config } from "../config.js";
import { Key } from "../crypto.js";
import { Jobs } from "../jobs/index.js";
import type { Log } from "../log.js";
import { applicationUrl, asAdministrator, raiseWall } from "./administration.js";
import { startEmbeddedPostgres } from "./embedded/index.js";
import { migrateControl } from "./migrations.js";
import { TenantSchemas } from "./tenant-schemas.js";
import { verifyWall } from "./wall.js";

/** A database brought to the newest version, with its wall raised. */
export interface OpenDatabase {
  /** The application login's URL; the administrator's stays behind `schemas`. */
  readonly url: string;
  readonly masterKey: Key;
  readonly schemas: TenantSchemas;
  /** Stones of the isolation wall that this database withheld at start-up: said in the log and in `/readyz`. */
  readonly missingStones: readonly string[];
  close(): Promise<void>;
}

const wallWarning =
  "This Postgres does not let the isolation of tenants be complete: SQL injected into a tenant's statement could leave it. " +
  "Let DATABASE_URL name a login that may revoke these (a superuser), or run the embedded Postgres.";

/** Starts or reaches Postgres, raises the wall, migrates the control schema and, unless told otherwise, every tenant. Safe to repeat. */
export async function openDatabase(
  config: Config,
  log: Log,
  { migrateTenants } = { migrateTenants: true },
): Promise<OpenDatabase> {
  const masterKey = readMasterKey(config);
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config, log) : null;
  const administratorUrl = embedded?.url ?? config.databaseUrl ?? "";
  try {
    const password = masterKey.derive("database-login").toString("base64url");
    const refusals = await asAdministrator(administratorUrl, async (client) => {
      const refusals = await raiseWall(client, password);
      await migrateControl(client);
      return refusals;
    });
    await Jobs.install(administratorUrl);
    const schemas = new TenantSchemas(administratorUrl);
    const { failed } = migrateTenants ? await schemas.migrate() : { failed: [] };
    for (const failure of failed) log.error(failure, "a tenant stays at its old version");
    const missingStones = await asAdministrator(administratorUrl, (client) =>
      verifyWall(
        { query: async (text, values) => (await client.query(text, values)).rows },
        embedded !== null,
      ),
    );
    if (missingStones.length > 0) log.error({ missingStones, refusals }, wallWarning);
    const url = applicationUrl(administratorUrl, password);
    return { url, masterKey, schemas, missingStones, close: async () => embedded?.stop() };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

function startEmbedded(
  { dataDirectory, durability, poolSize }: Config,
  log: Log,
): ReturnType<typeof startEmbeddedPostgres> {
  const tell = ({ message, ...details }: { message: string }): void => log.debug(details, message);
  return startEmbeddedPostgres({ dataDirectory, durability, log: tell, maxConnections: poolSize * 2 + 60 });
}

/** From the configuration, else from the data folder, where the first start puts a new one. */
function readMasterKey({ masterKey, dataDirectory }: Config): Key {
  if (masterKey !== undefined) return new Key(Buffer.from(masterKey, "hex"));
  const file = join(dataDirectory, "master-key");
  if (!existsSync(file)) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o711 });
    writeFileSync(file, `${clock.randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  }
  return new Key(Buffer.from(readFileSync(file, "utf8").trim(), "hex"));
}
