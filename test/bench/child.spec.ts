import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ended, told } from "../../scripts/bench/graphql/child.js";

describe("processes of a benchmark", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-child-"));
  const children: ChildProcess[] = [];

  const start = (program: string): ChildProcess => {
    const file = join(folder, `${children.length}.mjs`);
    writeFileSync(file, program);
    const child = fork(file, [], { execArgv: [], stdio: ["ignore", "ignore", "ignore", "ipc"] });
    children.push(child);
    return child;
  };

  after(async () => {
    await Promise.all(children.map((child) => ended(child)));
    rmSync(folder, { recursive: true, force: true });
  });

  it("are heard one answer at a time", async () => {
    const child = start(`process.on("message", (n) => process.send(n + 1));`);
    for (const n of [1, 5]) {
      child.send(n);
      expect(await told<number>(child)).to.equal(n + 1);
    }
    expect(child.listenerCount("message")).to.equal(0);
    expect(child.listenerCount("exit")).to.equal(0);
  });

  it("are not waited for in vain when they end without an answer", async () => {
    const child = start("process.exit(3);");
    const failure = await told(child).then(
      () => "none",
      (error: Error) => error.message,
    );
    expect(failure).to.match(/ended with 3 before it answered/);
  });

  it("end with their channel, and are ended once only", async () => {
    const child = start(`process.on("disconnect", () => process.exit(0)); process.send("here");`);
    expect(await told<string>(child)).to.equal("here");
    await ended(child);
    expect(child.exitCode).to.equal(0);
    await ended(child);
  });
});
