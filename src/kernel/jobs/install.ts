import { PgBoss } from "pg-boss";
import { applicationLogin, asAdministrator } from "../database/administration.js";
import { identifier } from "../database/sql.js";
import { schema } from "./boss.js";

const lock = "pg_advisory_lock(hashtextextended('tenfold.jobs.install', 0))";

const login = identifier(applicationLogin);

/** Rights of the application login: rows, not structure. Nobody else has any, tenant roles least of all. */
const grants = `
  REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC;
  REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${schema} FROM PUBLIC;
  GRANT USAGE ON SCHEMA ${schema} TO ${login};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${login};
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${login};
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${login};`;

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
export async function install(administratorUrl: string): Promise<void> {
  await asAdministrator(administratorUrl, async (client) => {
    await client.query(`SELECT ${lock}`);
    await migrate(administratorUrl);
    await client.query(grants);
  });
}
