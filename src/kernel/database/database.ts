import "reflect-metadata";
import { DataSource, type EntitySchema } from "typeorm";
import { guardedDriver } from "./client.js";
import { SnakeNaming } from "./naming.js";

// biome-ignore lint: TypeORM's own type for an entity class.
export type EntityClass = Function | EntitySchema;

export interface DatabaseOptions {
  /** The application login's URL. */
  url: string;
  poolSize: number;
}

/** The one DataSource and pool through which all tenants are served. */
export function createDataSource({ url, poolSize }: DatabaseOptions): DataSource {
  return new DataSource({
    type: "postgres",
    url,
    driver: guardedDriver,
    poolSize,
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    installExtensions: false,
    uuidExtension: "pgcrypto",
    applicationName: "tenfold",
    connectTimeoutMS: 10_000,
    // A backend remembers every table it touched, a megabyte every few tenants: recycled before that adds up.
    extra: { maxLifetimeSeconds: 600, maxUses: 50_000, idleTimeoutMillis: 30_000, keepAlive: true },
  });
}
