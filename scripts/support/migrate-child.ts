import { readMigrations } from "../../src/kernel/database/migrations.js";
import { TenantSchemas } from "../../src/kernel/database/tenant-schemas.js";
import { oneMore } from "./one-more.js";

// The process that the migration benchmark kills: writes a dot for each tenant done.
const [, , url = "", version = "0"] = process.argv;
const files = readMigrations("tenant");
const more = Array.from({ length: Number(version) - files.length }, (_, index) =>
  oneMore(files.length + 1 + index),
);
await new TenantSchemas(url, [...files, ...more]).migrate({
  onProgress: () => void process.stdout.write("."),
});
