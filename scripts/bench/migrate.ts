import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { readMigrations } from "../../src/kernel/database/migrations.js";
import { TenantSchemas } from "../../src/kernel/database/tenant-schemas.js";
import { World } from "../../test/support/world.js";
import { figure, timed } from "../support/figures.js";
import { oneMore } from "../support/one-more.js";
import type { Bench } from "../support/programs.js";
import { settle } from "../support/tenants.js";

const tenants = 1_000;
const child = fileURLToPath(new URL("../support/migrate-child.js", import.meta.url));

/** A whole run over all tenants, then another that is killed half-way and resumed by a third. */
export const program: Bench = {
  summary: `one migration over ${tenants} tenants, and the same killed half-way and resumed`,
  targets: {
    "migrate.run": { of: "value", atMost: 10 },
    "migrate.at-newest-version": { of: "value", atLeast: tenants, atMost: tenants },
    "migrate.columns-added": { of: "value", atLeast: 2 * tenants, atMost: 2 * tenants },
    "migrate.drifted": { of: "value", atMost: 0 },
  },
  async run(report) {
    const world = await World.start();
    try {
      await settle(world, tenants);
      const files = readMigrations("tenant");
      const first = [...files, oneMore(files.length + 1)];
      const second = [...first, oneMore(files.length + 2)];
      const schemas = new TenantSchemas(world.databaseUrl, second);
      const seconds = (await timed(() => new TenantSchemas(world.databaseUrl, first).migrate())) / 1000;
      report(figure("migrate.run", seconds, "s"));
      const before = await killedHalfWay(world, second.length);
      const resumed = (await timed(() => schemas.migrate())) / 1000;
      report(figure("migrate.done-before-the-kill", before, "tenants"));
      report(figure("migrate.resumed", resumed, "s", seconds));
      report(figure("migrate.at-newest-version", await migrated(world, second.length), "tenants"));
      report(figure("migrate.columns-added", await added(world), "columns"));
      report(figure("migrate.drifted", (await schemas.drifted()).length, "tenants"));
    } finally {
      await world.stop();
    }
  },
};

/** Answers how many tenants the killed run had finished; kill -9, so that nothing of it can tidy up. */
async function killedHalfWay(world: World, version: number): Promise<number> {
  const running = spawn(process.execPath, [child, world.databaseUrl, String(version)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(running, "exit");
  let done = 0;
  for await (const chunk of running.stdout) {
    done += String(chunk).length;
    if (done >= tenants / 2) break;
  }
  running.kill("SIGKILL");
  await ended;
  return migrated(world, version);
}

async function migrated(world: World, version: number): Promise<number> {
  const [row] = await world.admin<{ count: number }>(
    "select count(*)::int from control.tenant_schema where version = $1 and tenant_id is not null",
    [version],
  );
  return row?.count ?? 0;
}

async function added(world: World): Promise<number> {
  const [row] = await world.admin<{ count: number }>(
    "select count(*)::int from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relkind = 'r' and attname like 'bench\\_%' and not attisdropped",
  );
  return row?.count ?? 0;
}
