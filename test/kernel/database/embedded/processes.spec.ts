import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { accountFor, runAs } from "../../../../src/kernel/database/embedded/account.js";
import { findBinaries } from "../../../../src/kernel/database/embedded/binaries.js";
import { spawnGuarded } from "../../../../src/kernel/database/embedded/guarded-process.js";
import { poll } from "../../../../src/kernel/database/embedded/poll.js";
import {
  alive,
  postmasterOf,
  readPostmasterFile,
} from "../../../../src/kernel/database/embedded/postmaster.js";
import { exists, gone, newFolder, postmasterId, query, rejection, removeFolder, start } from "./support.js";

const shell = (script: string) => spawnGuarded(undefined, ["/bin/sh", "-c", script]);

describe("a guarded process", function () {
  this.timeout(60_000);

  it("gives back what it wrote and how it ended", async () => {
    const command = shell("echo out; echo err >&2; exit 3");
    expect(await command.ended).to.include({ code: 3, signal: null });
    expect(command.output()).to.include("out\n").and.to.include("err\n");
  });

  it("is the command itself, not a shell around it: signals reach it", async () => {
    const command = spawnGuarded(undefined, ["sleep", "60"]);
    // Before the exec it is still the shell.
    await poll(10_000, async () =>
      (await runAs(undefined, "ps", ["-o", "comm=", "-p", String(command.pid)])).output === "sleep"
        ? true
        : undefined,
    );
    command.kill("SIGINT");
    expect(await command.ended).to.include({ code: null, signal: "SIGINT" });
  });

  it("ends with code 127 when there is no such command", async () => {
    const command = spawnGuarded(undefined, [join("/", "no", "such", "command")]);
    expect(await command.ended).to.include({ code: 127 });
    expect(command.output()).to.include("command");
  });

  it("passes every argument as it is, blanks and quotes included", async () => {
    const strange = fc.array(fc.stringMatching(/^[ -~]{1,12}$/), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(strange, async (words) => {
        const command = spawnGuarded(undefined, ["printf", "<%s>", ...words]);
        await command.ended;
        expect(command.output()).to.equal(words.map((word) => `<${word}>`).join(""));
      }),
      { numRuns: 15 },
    );
  });

  it("gets none of our environment and no way to our watchdog's pipe", async () => {
    const command = shell("env; if : <&3; then echo open; fi");
    await command.ended;
    expect(command.output())
      .to.include("LC_ALL=C")
      .and.not.to.match(/^(HOME|USER|PG\w*)=|^open$/m);
  });

  it("is in another session, which Ctrl-C in the terminal does not reach", async function () {
    if (process.platform !== "linux") this.skip();
    const command = shell("cat /proc/self/stat");
    await command.ended;
    const [, group, session] = /\) \S+ \d+ (\d+) (\d+)/.exec(command.output()) ?? [];
    expect([Number(group), Number(session)]).to.deep.equal([command.pid, command.pid]);
  });

  it("may run for another user, when root starts it", async function () {
    const account = await accountFor([]);
    if (!account) this.skip();
    const command = spawnGuarded(account, ["id", "-u"]);
    await command.ended;
    expect(command.output()).to.equal(`${account?.uid}\n`);
  });
});

describe("postmaster.pid", function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await newFolder();
  });

  after(() => removeFolder(folder));

  it("is read from any text: a pid that can be asked about, or 0", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        await writeFile(join(folder, "postmaster.pid"), text);
        const file = await readPostmasterFile(folder);
        expect(file?.pid).to.be.a("number").and.to.be.at.least(0);
        expect(file?.status).to.be.a("string");
      }),
      { numRuns: 50 },
    );
  });

  it("gives the pid and the status, line by line as Postgres writes it", async () => {
    const lines = ["4711", "/data", "1700000000", "5433", "", "127.0.0.1", "  123 456", "stopping", ""];
    await writeFile(join(folder, "postmaster.pid"), lines.join("\n"));
    expect(await readPostmasterFile(folder)).to.include({ pid: 4711, status: "stopping" });
    await writeFile(join(folder, "postmaster.pid"), ["-4711", ...lines.slice(1)].join("\n"));
    expect(await readPostmasterFile(folder)).to.include({ pid: 4711 });
  });

  it("is not there where no Postgres ever ran", async () => {
    expect(await readPostmasterFile(join(folder, "nowhere"))).to.equal(undefined);
  });

  it("of a running server tells its state, its process and whose it is", async () => {
    const postgres = await start(folder);
    const cluster = join(folder, "postgres");
    const file = await readPostmasterFile(cluster);
    try {
      expect(file?.status).to.equal("ready");
      expect(await postmasterOf(cluster, file?.pid ?? 0)).to.deep.equal({ owner: process.pid });
      expect(await postmasterOf(join(folder, "other"), file?.pid ?? 0)).to.equal(undefined);
    } finally {
      await postgres.stop();
    }
    expect(await readPostmasterFile(cluster)).to.equal(undefined);
  });

  it("means nothing when its process is no Postgres, or gone", async () => {
    expect(await postmasterOf(folder, process.pid)).to.equal(undefined);
    expect(await postmasterOf(folder, 2 ** 31 - 1)).to.equal(undefined);
    expect([alive(process.pid), alive(2 ** 31 - 1)]).to.deep.equal([true, false]);
  });
});

describe("a Postgres that someone else started on the cluster", function () {
  this.timeout(60_000);

  it("is refused by name and left running", async () => {
    const folder = await newFolder();
    await (await start(folder)).stop();
    const cluster = join(folder, "postgres");
    const account = await accountFor([cluster]);
    const { postgres } = await findBinaries(account, newFolder, () => {});
    const settings = ["listen_addresses=", `unix_socket_directories=${cluster}`].flatMap((one) => [
      "-c",
      one,
    ]);
    const foreign = spawnGuarded(account, [postgres, "-D", cluster, ...settings]);
    const ready = async () => (await readPostmasterFile(cluster))?.status === "ready" || undefined;
    expect(await poll(30_000, ready), foreign.output()).to.equal(true);

    const error = await rejection(start(folder));
    expect(error).to.include({ code: "ALREADY_RUNNING" });
    expect(error.message).to.include(`process ${foreign.pid}`).and.not.to.include("another Tenfold");
    expect(exists(foreign.pid ?? 0)).to.equal(true);

    foreign.kill("SIGINT");
    await foreign.ended;
    await removeFolder(folder);
  });
});

describe("an application's sessions", function () {
  this.timeout(60_000);

  it("don't keep Postgres from stopping, and what they committed stays", async () => {
    const folder = await newFolder();
    const first = await start(folder, [], "safe");
    await query(first.url, "CREATE TABLE kept (n int)");
    const asleep = rejection(query(first.url, "BEGIN; INSERT INTO kept VALUES (1); SELECT pg_sleep(600)"));
    await query(first.url, "INSERT INTO kept VALUES (2)");
    const pid = await postmasterId(folder);
    await first.stop();
    await gone(pid);
    expect(await asleep).to.be.instanceOf(Error);

    const second = await start(folder, [], "safe");
    expect(await query(second.url, "TABLE kept")).to.deep.equal([{ n: 2 }]);
    await second.stop();
    expect(await readFile(join(folder, "postgres.log"), "utf8")).not.to.include("was not properly shut down");
    await removeFolder(folder);
  });
});
