import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { accountFor, reaches } from "../../../../src/kernel/database/embedded/account.js";
import {
  absent,
  EmbeddedPostgresError,
  explain,
  systemCode,
} from "../../../../src/kernel/database/embedded/errors.js";
import { openLogFile } from "../../../../src/kernel/database/embedded/log-file.js";
import { passwordOf } from "../../../../src/kernel/database/embedded/password.js";
import { findPlace } from "../../../../src/kernel/database/embedded/place.js";
import { poll } from "../../../../src/kernel/database/embedded/poll.js";
import { flags, settingFlags } from "../../../../src/kernel/database/embedded/settings.js";
import { newFolder, rejection, removeFolder } from "./support.js";

describe("the embedded Postgres's files", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await newFolder();
  });

  afterEach(() => removeFolder(folder));

  describe("password", () => {
    it("is one, however many first starts there are at once", async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => passwordOf(folder)));
      expect(new Set(all).size).to.equal(1);
      expect(await readdir(folder)).to.deep.equal(["postgres-password"]);
    });

    it("is long, differs from folder to folder, and needs no escaping in a URL or in SQL", async () => {
      const other = await newFolder();
      const passwords = [await passwordOf(folder), await passwordOf(other)];
      expect(passwords[0]).not.to.equal(passwords[1]);
      for (const password of passwords) expect(password).to.match(/^[\w-]{43}$/);
      await removeFolder(other);
    });

    it("leaves no draft behind when it can't be written", async () => {
      await rejection(passwordOf(join(folder, "missing")));
      expect(await readdir(folder)).to.deep.equal([]);
    });
  });

  describe("log", () => {
    it("shows the last twenty lines, of this run only", async () => {
      await writeFile(join(folder, "postgres.log"), "an earlier run\n");
      const log = await openLogFile(folder);
      const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
      await writeFile(join(folder, "postgres.log"), `${lines.join("\n")}\n`, { flag: "a" });
      expect(await log.tail()).to.equal(lines.slice(-20).join("\n"));
      await log.close();
      expect(await readFile(join(folder, "postgres.log"), "utf8")).to.match(/^an earlier run\nline 0\n/);
    });

    it("is empty before Postgres has written anything, and private", async () => {
      const log = await openLogFile(folder);
      expect(await log.tail()).to.equal("");
      await log.close();
      expect((await stat(join(folder, "postgres.log"))).mode & 0o777).to.equal(0o600);
    });
  });

  describe("place", () => {
    const place = (durability: "safe" | "fast") =>
      findPlace({ dataDirectory: folder, durability, log: () => {} });

    it("is the data folder when its user can get there", async () => {
      expect(await place("safe")).to.include({ folder, cluster: join(folder, "postgres"), away: false });
    });

    it("is where the pointer says as long as a cluster is there", async () => {
      const away = await newFolder();
      await mkdir(join(away, "postgres"));
      await writeFile(join(folder, "postgres-location"), `${away}\n`);
      expect(await place("safe")).to.include({ folder: away, away: true });
      await rm(join(away, "postgres"), { recursive: true });
      expect(await rejection(place("safe"))).to.include({ code: "CLUSTER_GONE" });
      expect(await place("fast")).to.include({ folder, away: false });
      await removeFolder(away);
    });

    it("is known to be out of reach by trying", async () => {
      const account = await accountFor([]);
      expect(await reaches(account, folder)).to.equal(true);
      if (account) expect(await reaches(account, join(folder, "missing"))).to.equal(false);
    });
  });
});

describe("the embedded Postgres's settings", () => {
  it("are pairs of flag and assignment", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,20}$/), fc.string()), (values) => {
        const list = flags(values);
        expect(list.filter((_, index) => index % 2 === 0).every((flag) => flag === "-c")).to.equal(true);
        const pairs = list.filter((_, index) => index % 2 === 1);
        expect(pairs).to.deep.equal(Object.entries(values).map(([name, value]) => `${name}=${value}`));
      }),
    );
  });

  it("never give up durability for people's data, and listen on this machine only", async () => {
    const options = { dataDirectory: "/", log: () => {}, maxConnections: 33 };
    const safe = await settingFlags({ ...options, durability: "safe" }, 5432);
    expect(safe).to.include.members([
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "max_connections=33",
    ]);
    expect(safe.filter((flag) => /^(fsync|full_page_writes|synchronous_commit)=/.test(flag))).to.deep.equal(
      [],
    );
    expect(await settingFlags({ ...options, durability: "fast" }, 5432)).to.include("fsync=off");
  });
});

describe("the embedded Postgres's errors", () => {
  const fault = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code });
  const table = {
    ENOSPC: "DISK_FULL",
    EDQUOT: "DISK_FULL",
    EACCES: "NO_ACCESS",
    EROFS: "NO_ACCESS",
    ENOTDIR: "NO_ACCESS",
  };

  for (const [system, ours] of Object.entries(table)) {
    it(`explain ${system} as ${ours}, naming the folder and keeping the cause`, () => {
      const cause = fault(system);
      const error = explain(cause, "/the/folder");
      expect(error).to.be.instanceOf(EmbeddedPostgresError).and.to.include({ code: ours, cause });
      expect(error).to.have.property("message").that.includes("/the/folder");
    });
  }

  it("recognise a full disk in what Postgres says", () => {
    const said = new EmbeddedPostgresError("START_FAILED", "FATAL: could not write: No space left on device");
    expect(explain(said, "/the/folder")).to.include({ code: "DISK_FULL" });
  });

  it("leave other faults as they are", () => {
    const other = new EmbeddedPostgresError("OTHER_VERSION", "Postgres 17");
    expect(explain(other, "/")).to.equal(other);
    expect(explain("text", "/")).to.equal("text");
    expect(systemCode(new Error("plain"))).to.equal(undefined);
  });

  it("take only a missing file for absent", () => {
    expect(absent(fault("ENOENT"))).to.equal(undefined);
    expect(() => absent(fault("EACCES"))).to.throw("EACCES");
  });
});

describe("polling", () => {
  it("returns the first answer, after as many questions as it takes", async () => {
    let asked = 0;
    expect(await poll(1000, async () => (++asked === 4 ? "answer" : undefined))).to.equal("answer");
    expect(asked).to.equal(4);
  });

  it("asks at least once, takes false for an answer, and gives up without one", async () => {
    expect(await poll(0, async () => false)).to.equal(false);
    let asked = 0;
    const nothing = await poll(100, async () => {
      asked += 1;
    });
    expect(nothing).to.equal(undefined);
    expect(asked).to.be.greaterThan(1);
  });
});
