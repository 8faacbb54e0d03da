import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { root } from "../../scripts/root.js";

interface Ran {
  readonly code: number | null;
  readonly printed: string;
  readonly outcome: unknown;
}

/** Has the runner run spec files of these texts, by name. */
async function runs(files: Record<string, string>): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-specs-"));
  const outcome = join(folder, "outcome.json");
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, `${name}.spec.mjs`), content);
  const child = spawn(
    process.execPath,
    [join(root, "dist/scripts/check/spec-runner.js"), "--outcome", outcome, join(folder, "*.spec.mjs")],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const printed = await text(child.stdout);
  const code = await ended;
  const ran = { code, printed, outcome: JSON.parse(readFileSync(outcome, "utf8")) as unknown };
  rmSync(folder, { recursive: true });
  return ran;
}

const good = `it("holds", () => undefined);`;

describe("the runner of specs", () => {
  it("runs every file, and tells what each did", async () => {
    const three = {
      one: `describe("one", () => { ${good} ${good} });`,
      two: good,
      three: `it.skip("waits");`,
    };
    const { code, printed, outcome } = await runs(three);
    expect({ code, outcome }).to.deep.equal({ code: 0, outcome: { passed: 3, failed: 0 } });
    expect(printed)
      .to.match(/one\n.*holds\n.*holds/)
      .and.to.contain("- waits");
    expect(printed).to.not.contain("what failed");
  });

  it("fails for what no spec holds: one that fails, a hook, a rejection nobody handles, a file that can't be loaded", async () => {
    const { code, printed, outcome } = await runs({
      fails: `it("is", () => { throw new Error("not so"); }); ${good}`,
      hook: `before(() => { throw new Error("not set up"); }); ${good}`,
      rejection: `it("is", () => { Promise.reject(new Error("unheard")); return new Promise(() => {}); });`,
      broken: `import "./nothing.mjs";`,
    });
    expect(code).to.equal(1);
    expect(outcome).to.deep.equal({ passed: 1, failed: 4 });
    const told = printed.slice(printed.indexOf("what failed"));
    for (const what of ["not so", "not set up", "unheard", "broken.spec.mjs could not be loaded"])
      expect(told).to.contain(what);
  });

  it("fails for a file that ends its process, keeps what it said, and runs the others", async () => {
    const dies = `it("lives", async () => { await 1; await 2; });
      it("dies", () => process.kill(process.pid, "SIGKILL"));`;
    const { code, printed, outcome } = await runs({ dies, good, better: good, best: good });
    expect({ code, outcome }).to.deep.equal({ code: 1, outcome: { passed: 3, failed: 1 } });
    expect(printed).to.contain("lives");
    expect(printed.slice(printed.indexOf("what failed"))).to.match(
      /dies\.spec\.mjs ended its process .*SIGKILL/,
    );
  });

  it("fails for what breaks after a file has told that it held", async () => {
    const late = `it("holds", () => { setTimeout(() => { throw new Error("late"); }, 300); });`;
    const { code, outcome } = await runs({ late });
    expect({ code, outcome }).to.deep.equal({ code: 1, outcome: { passed: 1, failed: 1 } });
  });

  it("passes nothing where it finds nothing", async () => {
    expect((await runs({})).outcome).to.deep.equal({ passed: 0, failed: 0 });
  });
});
