import type { GraphQLSchema } from "graphql";
import { Registry } from "prom-client";
import { furnish } from "../src/app.js";
import { loadConfig } from "../src/kernel/config.js";
import { Key } from "../src/kernel/crypto.js";
import { ControlPlane } from "../src/kernel/database/control-work.js";
import { createDataSource } from "../src/kernel/database/database.js";
import { Notifications } from "../src/kernel/database/notifications.js";
import { ReadLanes } from "../src/kernel/database/read-lanes.js";
import { TenantSchemas } from "../src/kernel/database/tenant-schemas.js";
import { createSchema } from "../src/kernel/graphql/schema.js";
import { Jobs } from "../src/kernel/jobs/index.js";
import type { Kernel } from "../src/kernel/kernel.js";
import { createLog } from "../src/kernel/log.js";
import type { Room } from "../src/kernel/room.js";

/** Port 9 is "discard": nothing connects, because nothing here is ever opened. */
const nowhere = "postgres://nobody@127.0.0.1:9/none";
const masterKey = "0".repeat(64);

/** Every room as the product furnishes it, with no database behind: what they declare can be read, not used. */
export function detachedRooms(): readonly Room[] {
  const source = createDataSource({ url: nowhere, poolSize: 2 });
  const log = createLog("silent");
  const metrics = new Registry();
  const kernel: Kernel = {
    config: loadConfig({ DATABASE_URL: nowhere, TENFOLD_MASTER_KEY: masterKey }),
    log,
    metrics,
    source,
    control: new ControlPlane(source),
    environment: { source, listeners: [], log, reads: new ReadLanes(nowhere, 1) },
    notifications: new Notifications(nowhere, log),
    jobs: new Jobs({ connectionString: nowhere, log, jobs: [], metrics }),
    schemas: new TenantSchemas(nowhere),
    masterKey: new Key(Buffer.from(masterKey, "hex")),
  };
  return furnish(kernel).rooms;
}

/** The schema the product serves, for reading. */
export const detachedSchema = (): Promise<GraphQLSchema> =>
  createSchema(detachedRooms(), new Key(Buffer.from(masterKey, "hex")));
