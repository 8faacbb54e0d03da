import { createInterface } from "node:readline";
import pg from "pg";
import { startEmbeddedPostgres } from "../../../../src/kernel/database/embedded/index.js";

// An application of its own process, for the specs to kill: tells what happens as JSON lines, obeys words.

const tell = (event: Record<string, unknown>): void =>
  void process.stdout.write(`${JSON.stringify(event)}\n`);

const [dataDirectory = "", durability] = process.argv.slice(2);
process.on("SIGINT", () => tell({ message: "interrupted" }));

const postgres = await startEmbeddedPostgres({
  dataDirectory,
  durability: durability === "fast" ? "fast" : "safe",
  log: tell,
});

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

tell({ message: "started", url: postgres.url });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "stop") break;
  tell({ message: "answer", rows: await query(line) });
}
await postgres.stop();
tell({ message: "stopped" });
