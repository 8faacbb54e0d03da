import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { inIdleClass } from "../../../src/rooms/learning/idle-class.js";
import { TrainerPool } from "../../../src/rooms/learning/trainer-pool.js";

/** The scheduling policy of each thread: field 41 of its stat, whose name in brackets may hold anything. */
function policies(pid: number | "self"): number[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => {
    const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8");
    return Number(
      stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .at(41 - 3),
    );
  });
}
const idle = 5;

describe("the idle class", function () {
  this.timeout(20_000);

  it("starts Node with the arguments given", () => {
    const { execPath, execArgv } = inIdleClass(["--max-old-space-size=100"]);
    const script = "console.log(process.execArgv.join(' ') + '|' + process.argv.slice(1).join(' '))";
    const told = execFileSync(execPath, [...execArgv, "-e", script, "more"], { encoding: "utf8" });
    expect(told).to.contain("--max-old-space-size=100").and.to.contain("|more");
  });

  it("is that of every thread of a training process, and not of this one", async function () {
    if (process.platform !== "linux" || !existsSync("/usr/bin/chrt")) this.skip();
    const pool = new TrainerPool({ size: 1, warm: 1 });
    const [pid = 0] = pool.pids;
    // The tool sets the class and becomes Node; both take a moment.
    while (policies(pid).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(new Set(policies(pid))).to.deep.equal(new Set([idle]));
    expect(policies("self")).not.to.include(idle);
    await pool.close();
  });
});
