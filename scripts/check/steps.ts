import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../root.js";
import { misses, readCoverage, readGoals, table } from "./coverage.js";

/** How many checks of a step held and how many did not. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export interface Step {
  readonly name: string;
  run(): Promise<Count>;
}

/** The checkout's own programs come first, its Node too, also when this was not started by npm. */
const path = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs an installed program with its output shown; answers whether it ended well. */
function program(name: string, ...args: string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    // Killed alone, without its terminal, the run must not leave its specs at work behind.
    const end = (signal: NodeJS.Signals): boolean => child.kill(signal);
    for (const signal of signals) process.on(signal, end);
    child.on("error", reject);
    child.on("exit", (code) => {
      for (const signal of signals) process.off(signal, end);
      resolve(code === 0);
    });
  });
}

/** Programs that check all files at once and count as one check each. */
export const tool = (name: string, ...commands: [string, ...string[]][]): Step => ({
  name,
  async run() {
    for (const command of commands) if (!(await program(...command))) return { passed: 0, failed: 1 };
    return { passed: 1, failed: 0 };
  },
});

const outcome = join(root, "dist/.specs.json");

/** Specs side by side (see spec-runner.ts), which leave their counts in a file; a run that ended before it could failed. */
export const specs = (name: string, before: string[], files: string[], without: string[] = []): Step => ({
  name,
  async run() {
    rmSync(outcome, { force: true });
    const ignored = without.flatMap((path) => ["--ignore", path]);
    const runner = [
      "node",
      "--enable-source-maps",
      "dist/scripts/check/spec-runner.js",
      "--outcome",
      outcome,
    ];
    const [command = "", ...rest] = [...before, ...runner, ...ignored, ...files];
    const well = await program(command, ...rest);
    const { passed, failed } = counted();
    return well || failed > 0 ? { passed, failed } : { passed, failed: 1 };
  },
});

function counted(): Count {
  try {
    return JSON.parse(readFileSync(outcome, "utf8")) as Count;
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/** Prints what the specs covered; a missed goal fails once the goals are strict. */
export const coverage: Step = {
  name: "coverage",
  async run() {
    const reached = readCoverage();
    const goals = readGoals();
    console.log(`lines covered:\n${table(reached)}`);
    const missed = misses(reached, goals);
    for (const miss of missed) console.log(`  ${goals.strict ? "missed" : "warning"}: ${miss}`);
    return goals.strict && missed.length > 0
      ? { passed: 0, failed: missed.length }
      : { passed: 1, failed: 0 };
  },
};
