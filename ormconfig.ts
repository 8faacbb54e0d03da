import "reflect-metadata";
import { DataSource } from "typeorm";
import { loadConfig } from "./src/kernel/config.js";
import { SnakeNaming } from "./src/kernel/database/naming.js";
import { Tenant } from "./src/rooms/tenancy/index.js";

const { databaseUrl } = loadConfig();
if (databaseUrl === undefined)
  throw new Error("Set DATABASE_URL: TypeORM's tools reach a database that runs.");

/**
 * The control plane as TypeORM's command line loads it: `typeorm -d dist/ormconfig.js schema:log` compares its entities
 * with the tables. The tables themselves are made by migrations/control; tenants' tables are not TypeORM's to know.
 */
export default new DataSource({
  type: "postgres",
  url: databaseUrl,
  schema: "control",
  entities: [Tenant],
  namingStrategy: new SnakeNaming(),
  installExtensions: false,
  synchronize: false,
});
