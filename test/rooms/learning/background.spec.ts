import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { inBackground, lastProcessors } from "../../../src/rooms/learning/background.js";
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
const hasTools =
  process.platform === "linux" && existsSync("/usr/bin/chrt") && existsSync("/usr/bin/taskset");

describe("learning: work in the background", function () {
  this.timeout(20_000);

  for (const processors of [null, 1])
    it(`starts Node with the arguments given, on ${processors ?? "all"} of the processors`, () => {
      const { execPath, execArgv } = inBackground(["--max-old-space-size=100"], processors);
      const script = "console.log(process.execArgv.join(' ') + '|' + process.argv.slice(1).join(' '))";
      const told = execFileSync(execPath, [...execArgv, "-e", script, "more"], { encoding: "utf8" });
      expect(told).to.contain("--max-old-space-size=100").and.to.contain("|more");
    });

  it("takes the last of the processors there are", () => {
    const status = "Name:\tnode\nCpus_allowed_list:\t0-2,5,8-9\nMems_allowed_list:\t0\n";
    expect(lastProcessors(3, status)).to.deep.equal([5, 8, 9]);
    expect(lastProcessors(99, status)).to.deep.equal([0, 1, 2, 5, 8, 9]);
  });

  it("is in the idle class and on those processors with every thread, and this process is not", async function () {
    if (!hasTools) this.skip();
    const pool = new TrainerPool({ size: 1, warm: 1, processors: 1 });
    const [pid = 0] = pool.pids;
    // The tools set the class and become Node; all of it takes a moment.
    while (policies(pid).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(new Set(policies(pid))).to.deep.equal(new Set([idle]));
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    expect(lastProcessors(99, status)).to.deep.equal(lastProcessors(1));
    expect(policies("self")).not.to.include(idle);
    await pool.close();
  });
});
