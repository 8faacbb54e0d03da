import type { Registry } from "prom-client";
import type { DataSource } from "typeorm";
import type { Config } from "./config.js";
import type { Key } from "./crypto.js";
import type { ControlPlane } from "./database/control-work.js";
import type { Notifications } from "./database/notifications.js";
import type { TenantSchemas } from "./database/tenant-schemas.js";
import type { WriteEnvironment } from "./database/unit-of-work.js";
import type { Jobs } from "./jobs/index.js";
import type { Log } from "./log.js";

/** What the house lends its rooms. */
export interface Kernel {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Registry;
  readonly source: DataSource;
  readonly control: ControlPlane;
  readonly environment: WriteEnvironment;
  readonly notifications: Notifications;
  readonly jobs: Jobs;
  readonly schemas: TenantSchemas;
  readonly masterKey: Key;
}
