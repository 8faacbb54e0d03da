import pg from "pg";
import { PgBoss } from "pg-boss";
import { schema } from "./boss.js";

const lock = "pg_advisory_lock(hashtextextended('tenfold.jobs.install', 0))";

/** Rights of the application login: rows, not structure. Nobody else has any, tenant roles least of all. */
const grants = (role: string) => `
  REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC;
  REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${schema} FROM PUBLIC;
  GRANT USAGE ON SCHEMA ${schema} TO ${role};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${role};`;

async function migrate(connectionString: string): Promise<void> {
  const boss = new PgBoss({ connectionString, schema, max: 1, supervise: false, schedule: false });
  const failures: Error[] = [];
  boss.on("error", (error) => failures.push(error));
  try {
    await boss.start();
  } finally {
    await boss.stop({ graceful: false });
  }
  if (failures[0]) throw failures[0];
}

/**
 * Creates or migrates pg-boss' schema as the administrator and grants its rows to the application login.
 * Idempotent. Servers that start together take turns under an advisory lock: pg-boss looks before it locks,
 * so two of them would both create.
 */
export async function install(adminConnectionString: string, role = "tenfold_app"): Promise<void> {
  const admin = new pg.Client({ connectionString: adminConnectionString });
  // A lost connection also rejects the statement under way; the event alone would end the process.
  admin.on("error", () => undefined);
  await admin.connect();
  try {
    await admin.query(`SELECT ${lock}`);
    await migrate(adminConnectionString);
    await admin.query(grants(admin.escapeIdentifier(role)));
  } finally {
    await admin.end();
  }
}
