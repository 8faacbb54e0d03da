import { parseArgs } from "node:util";
import { loadConfig } from "../src/kernel/config.js";
import { openDatabase } from "../src/kernel/database/open.js";
import type { TenantSchemas } from "../src/kernel/database/tenant-schemas.js";
import { createLog } from "../src/kernel/log.js";
import { progressBar } from "./support/progress.js";

// npm run migrate -- status | run | verify, on the database that `npm start` would use; stop that first when embedded.
const commands: Record<string, (schemas: TenantSchemas) => Promise<boolean>> = { status, run, verify };

async function status(schemas: TenantSchemas): Promise<boolean> {
  const { versions, failures } = await schemas.status();
  console.log(`The newest version of a tenant's schema is ${schemas.version}.`);
  for (const { version, tenants, warm } of versions)
    console.log(`  version ${version}: ${tenants} tenants, ${warm} warm schemas`);
  for (const { schema, version, reason } of failures)
    console.log(`  ${schema} stays at ${version}: ${reason}`);
  return failures.length === 0;
}

async function run(schemas: TenantSchemas): Promise<boolean> {
  const bar = progressBar("migrating");
  const { migrated, upToDate, failed } = await schemas.migrate({ onProgress: bar.update }).finally(bar.stop);
  console.log(`${migrated} migrated, ${upToDate} by somebody else meanwhile, ${failed.length} failed.`);
  for (const { schema, reason } of failed) console.log(`  ${schema}: ${reason}`);
  return failed.length === 0;
}

async function verify(schemas: TenantSchemas): Promise<boolean> {
  const bar = progressBar("comparing");
  const drifted = await schemas.drifted(bar.update).finally(bar.stop);
  console.log(
    drifted.length === 0 ? "Every schema is as its migrations left it." : "Changed by another hand since:",
  );
  for (const schema of drifted) console.log(`  ${schema}`);
  return drifted.length === 0;
}

const { positionals } = parseArgs({ allowPositionals: true });
const command = commands[positionals[0] ?? "status"];
if (!command) {
  console.error(`Name one of: ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}
const database = await openDatabase(loadConfig(), createLog("warn"), { migrateTenants: false });
let fine = false;
try {
  fine = await command(database.schemas);
} finally {
  await database.close();
}
process.exit(fine ? 0 : 1);
