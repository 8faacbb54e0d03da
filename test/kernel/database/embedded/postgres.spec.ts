import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { EmbeddedPostgres } from "../../../../src/kernel/database/embedded/index.js";
import { poll } from "../../../../src/kernel/database/embedded/poll.js";
import {
  Application,
  copyOf,
  exists,
  gone,
  newFolder,
  postmasterId,
  query,
  rejection,
  removeFolder,
  start,
  type Told,
} from "./support.js";

const messages = (told: Told[]): string => told.map(({ message }) => message).join("\n");

describe("embedded Postgres", function () {
  this.timeout(60_000);
  let prepared: string;
  let folder: string;
  let folders: string[];
  let postgres: EmbeddedPostgres | undefined;
  let application: Application | undefined;

  const use = (path: string): string => {
    folders.push(path);
    return (folder = path);
  };
  /** In place of the prepared folder, for what only a first start shows. */
  const useEmpty = async (): Promise<string> => use(await newFolder());

  before(async () => {
    prepared = await newFolder();
    await (await start(prepared)).stop();
  });

  after(() => removeFolder(prepared));

  beforeEach(async () => {
    folders = [];
    use(await copyOf(prepared));
  });

  afterEach(async () => {
    await application?.kill();
    await postgres?.stop();
    application = postgres = undefined;
    for (const path of folders) await removeFolder(path);
  });

  const open = async (told?: Told[]): Promise<string> => (postgres = await start(folder, told)).url;
  const close = async (): Promise<void> => postgres?.stop();
  const run = async (durability: "safe" | "fast" = "fast"): Promise<string> => {
    application = new Application(folder, durability);
    return String((await application.tells("started")).url);
  };

  describe("started", () => {
    it("offers an empty database of Postgres 18 as its superuser", async () => {
      await useEmpty();
      const url = await open();
      const [row] = await query(
        url,
        "SELECT current_user, current_database(), current_setting('server_version') AS version",
      );
      expect(row).to.include({ current_user: "postgres", current_database: "tenfold" });
      expect(row?.version).to.match(/^18\./);
    });

    it("keeps the data for a second start, and makes nothing anew", async () => {
      await query(await open(), "CREATE TABLE kept AS SELECT 42 AS answer");
      await close();
      const told: Told[] = [];
      expect(await query(await open(told), "TABLE kept")).to.deep.equal([{ answer: 42 }]);
      expect(messages(told)).to.equal("Postgres is ready.");
    });

    it("has Unicode text, checksums, and the settings of its durability", async () => {
      const url = await open();
      const names = [
        "server_encoding",
        "data_checksums",
        "fsync",
        "jit",
        "listen_addresses",
        "max_connections",
      ];
      const rows = await query(
        url,
        `SELECT name, setting FROM pg_settings WHERE name IN ('${names.join("','")}') ORDER BY name`,
      );
      expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).to.deep.equal({
        data_checksums: "on",
        fsync: "off",
        jit: "off",
        listen_addresses: "127.0.0.1",
        max_connections: "100",
        server_encoding: "UTF8",
      });
      expect(await query(url, "SELECT lower('ÄŻΣ') AS low")).to.deep.equal([{ low: "äżσ" }]);
    });

    it("writes through to the disk when people's data is in it", async () => {
      postgres = await start(folder, [], "safe");
      const rows = await query(
        postgres.url,
        "SELECT setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')",
      );
      expect(rows.map(({ setting }) => setting)).to.deep.equal(["on", "on", "on"]);
    });

    it("leaves no password readable by others, and no draft", async () => {
      await useEmpty();
      await open();
      expect((await stat(join(folder, "postgres-password"))).mode & 0o777).to.equal(0o600);
      expect((await stat(join(folder, "postgres"))).mode & 0o077).to.equal(0);
      const names = await readdir(folder);
      expect(names.sort()).to.deep.equal(["postgres", "postgres-password", "postgres.log"]);
    });
  });

  describe("at the door", () => {
    it("refuses a wrong password, and keeps verifiers by SCRAM only", async () => {
      const url = new URL(await open());
      const [row] = await query(url.href, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'");
      expect(row?.rolpassword).to.match(/^SCRAM-SHA-256\$/);
      url.password = "wrong";
      expect(await rejection(query(url.href, "SELECT 1"))).to.include({ code: "28P01" });
      url.password = "";
      await rejection(query(url.href, "SELECT 1"));
    });

    it("refuses a second starter, and names the process of the first", async () => {
      await run();
      const error = await rejection(start(folder));
      expect(error).to.include({ code: "ALREADY_RUNNING" });
      expect(error.message).to.include(`process ${application?.pid}`).and.to.include(folder);
      expect((await application?.ask("SELECT 1 AS one"))?.rows).to.deep.equal([{ one: 1 }]);
    });

    it("refuses a second start by the same process", async () => {
      await open();
      expect((await rejection(start(folder))).message).to.include(`process ${process.pid}`);
    });

    it("serves two first starts at once with one cluster: one wins, the other is told so", async () => {
      await useEmpty();
      const both = await Promise.allSettled([start(folder), start(folder)]);
      const winners = both.filter((one) => one.status === "fulfilled");
      expect(winners).to.have.length(1);
      postgres = winners[0]?.value;
      expect(await query(postgres?.url ?? "", "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
      const loser = both.find((one) => one.status === "rejected");
      expect(loser?.reason).to.include({ code: "ALREADY_RUNNING" });
    });
  });

  describe("when its application dies", () => {
    it("ends with it by kill -9; the next start has everything that was committed", async () => {
      const url = await run("safe");
      await query(url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
      const pid = await postmasterId(folder);
      await application?.kill();
      await gone(pid);
      expect(await query(await open(), "SELECT count(*)::int AS n FROM kept")).to.deep.equal([{ n: 1000 }]);
    });

    it("is waited for by a start that comes while it is still ending", async () => {
      const url = await run();
      await query(url, "CREATE TABLE kept AS SELECT 1 AS n");
      await application?.kill();
      expect(await query(await open(), "TABLE kept")).to.deep.equal([{ n: 1 }]);
    });

    it("recovers when Postgres was killed at the same moment, with its file left behind", async () => {
      const url = await run("safe");
      await query(url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
      const pid = await postmasterId(folder);
      process.kill(pid, "SIGKILL");
      await application?.tells("Postgres ended unexpectedly.");
      await application?.kill();
      const told: Told[] = [];
      expect(await query(await open(told), "SELECT count(*)::int AS n FROM kept")).to.deep.equal([
        { n: 1000 },
      ]);
      expect(messages(told)).to.include("recovering");
    });

    it("is ended by the next start when the watchdog was killed too", async function () {
      if (process.platform !== "linux") this.skip();
      await query(await run(), "CREATE TABLE kept AS SELECT 1 AS n");
      const pid = await postmasterId(folder);
      process.kill(await watchdogOf(pid), "SIGKILL");
      await application?.kill();
      const told: Told[] = [];
      expect(await query(await open(told), "TABLE kept")).to.deep.equal([{ n: 1 }]);
      expect(messages(told)).to.include("killed Tenfold");
      await gone(pid);
    });

    it("lives on through Ctrl-C until the application has drained and stops it", async () => {
      await run();
      const pid = await postmasterId(folder);
      application?.interrupt();
      await application?.tells("interrupted");
      expect((await application?.ask("SELECT 7 AS seven"))?.rows).to.deep.equal([{ seven: 7 }]);
      await application?.stop();
      await gone(pid);
    });
  });

  describe("finds and mends", () => {
    it("a half-written cluster: sets it aside and makes a new one", async () => {
      await useEmpty();
      await mkdir(join(folder, "postgres", "base"), { recursive: true });
      await writeFile(join(folder, "postgres", "PG_VERSION"), "18\n");
      const told: Told[] = [];
      expect(await query(await open(told), "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
      const aside = (await readdir(folder)).find((name) => name.startsWith("postgres.incomplete-"));
      expect(await readFile(join(folder, aside ?? "", "PG_VERSION"), "utf8")).to.equal("18\n");
      expect(messages(told)).to.include("half-written");
    });

    it("a start killed while it made the cluster: removes the draft", async () => {
      await useEmpty();
      application = new Application(folder);
      await application.tells("Making a new database cluster.");
      await application.kill();
      await open();
      expect((await readdir(folder)).filter((name) => name.includes("draft"))).to.deep.equal([]);
    });

    it("a stale postmaster.pid that names a living process which is no Postgres", async () => {
      await query(await open(), "CREATE TABLE kept AS SELECT 1 AS n");
      const file = join(folder, "postgres", "postmaster.pid");
      const text = await readFile(file, "utf8");
      await close();
      await writeFile(file, text.replace(/^\d+/, String(process.pid)));
      expect(await query(await open(), "TABLE kept")).to.deep.equal([{ n: 1 }]);
      expect(exists(process.pid)).to.equal(true);
    });

    it("a stale postmaster.pid that names the Postgres of another folder", async () => {
      await open();
      await close();
      const other = await copyOf(prepared);
      const neighbour = await start(other);
      try {
        await writeFile(join(folder, "postgres", "postmaster.pid"), `${await postmasterId(other)}\n`);
        expect(await query(await open(), "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
        expect(await query(neighbour.url, "SELECT 2 AS two")).to.deep.equal([{ two: 2 }]);
      } finally {
        await neighbour.stop();
        await removeFolder(other);
      }
    });

    for (const torn of ["", "garbage\n"]) {
      it(`a torn postmaster.pid (${JSON.stringify(torn)})`, async () => {
        await open();
        await close();
        await writeFile(join(folder, "postgres", "postmaster.pid"), torn);
        expect(await query(await open(), "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
      });
    }

    it("a lost password: sets a new one and keeps the data", async () => {
      const before = await open();
      await query(before, "CREATE TABLE kept AS SELECT 1 AS n");
      await close();
      await rm(join(folder, "postgres-password"));
      const after = await open();
      expect(after).not.to.equal(before);
      expect(await query(after, "TABLE kept")).to.deep.equal([{ n: 1 }]);
    });
  });

  describe("refuses to guess", () => {
    it("at a cluster of another major version: says which, and what to do", async () => {
      await open();
      await close();
      await writeFile(join(folder, "postgres", "PG_VERSION"), "17\n");
      const error = await rejection(start(folder));
      expect(error).to.include({ code: "OTHER_VERSION" });
      expect(error.message).to.match(/Postgres 17.*Postgres 18.*DATABASE_URL/);
    });

    it("at a damaged cluster: shows the last words of Postgres", async () => {
      await open();
      await close();
      await writeFile(join(folder, "postgres", "global", "pg_control"), "");
      const error = await rejection(start(folder));
      expect(error).to.include({ code: "START_FAILED" });
      expect(error.message).to.match(/pg_control/);
    });

    it("at a data folder that is a file", async () => {
      await writeFile(join(folder, "file"), "");
      expect(await rejection(start(join(folder, "file")))).to.include({ code: "NO_ACCESS" });
    });
  });

  describe("run by root", () => {
    it("from a folder closed to the user of Postgres: keeps the cluster elsewhere, and finds it again", async function () {
      if (process.getuid?.() !== 0) this.skip();
      await chmod(await useEmpty(), 0o700);
      const told: Told[] = [];
      await query(await open(told), "CREATE TABLE kept AS SELECT 1 AS n");
      await close();
      expect(messages(told)).to.include("the cluster is elsewhere");
      const place = (await readFile(join(folder, "postgres-location"), "utf8")).trim();
      expect((await stat(join(place, "postgres"))).uid).not.to.equal(0);
      expect(await query(await open(), "TABLE kept")).to.deep.equal([{ n: 1 }]);
      await rm(place, { recursive: true });
    });

    it("runs Postgres as the owner of the data folder, who can read what root leaves behind", async function () {
      if (process.getuid?.() !== 0) this.skip();
      await chown(await useEmpty(), 1, 1);
      await open();
      for (const name of ["postgres", "postgres-password", "postgres.log"])
        expect(await stat(join(folder, name))).to.include({ uid: 1, gid: 1 });
    });

    it("runs Postgres as nobody when the owner of the data folder has no name on this system", async function () {
      if (process.getuid?.() !== 0) this.skip();
      await chown(await useEmpty(), 987_654, 987_654);
      await open();
      expect((await stat(join(folder, "postgres"))).uid)
        .to.be.greaterThan(0)
        .and.not.to.equal(987_654);
    });

    it("refuses an empty database in place of one that is gone", async () => {
      await useEmpty();
      await writeFile(join(folder, "postgres-location"), join(folder, "nowhere"));
      const error = await rejection(start(folder, [], "safe"));
      expect(error).to.include({ code: "CLUSTER_GONE" });
      expect(error.message).to.include(join(folder, "nowhere"));
    });
  });

  it("keeps its log bounded over many starts", async () => {
    await writeFile(join(folder, "postgres.log"), Buffer.alloc(9 * 2 ** 20, "x\n"));
    await open();
    expect((await stat(join(folder, "postgres.log"))).size).to.be.below(2 ** 20);
    expect((await stat(join(folder, "postgres.log.old"))).size).to.equal(9 * 2 ** 20);
  });

  it("comes back at the same address, with its data, when only Postgres is killed", async () => {
    const told: Told[] = [];
    postgres = await start(folder, told, "safe");
    const { url } = postgres;
    await query(url, "CREATE TABLE kept AS SELECT 1 AS n");
    const killed = await postmasterId(folder);
    process.kill(killed, "SIGKILL");
    const back = () => query(url, "TABLE kept").catch(() => undefined);
    expect(await poll(30_000, back)).to.deep.equal([{ n: 1 }]);
    expect(await postmasterId(folder)).not.to.equal(killed);
    expect(messages(told)).to.include("unexpectedly");
  });

  it("can be stopped while it is coming back", async () => {
    const told: Told[] = [];
    await open(told);
    process.kill(await postmasterId(folder), "SIGKILL");
    await poll(30_000, async () => messages(told).includes("unexpectedly") || undefined);
    await postgres?.stop();
    const again = await start(folder);
    expect(await query(again.url, "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
    await again.stop();
  });

  it("stops once, however often it is asked", async () => {
    await open();
    const pid = await postmasterId(folder);
    await Promise.all([postgres?.stop(), postgres?.stop()]);
    expect(exists(pid)).to.equal(false);
  });
});

/** The watcher shares the session of Postgres and is the one process in it that is a shell. */
async function watchdogOf(postmaster: number): Promise<number> {
  for (const name of await readdir("/proc")) {
    const fields = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const [, command, session] = /\((.*)\) \S+ \d+ \d+ (\d+)/.exec(fields) ?? [];
    if (command === "sh" && Number(session) === postmaster) return Number(name);
  }
  throw new Error("There is no watchdog.");
}
