import { writeFileSync } from "node:fs";
import { type MochaOptions, type Runner, reporters, type Test } from "mocha";

/** What one mocha leaves behind: its counts, and each failure in words. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

const told = ({ message, stack }: Error): string =>
  stack?.includes(message) ? stack : `${message}\n${stack ?? ""}`;

/** Mocha's own outline, and its outcome in the file that the option `outcome` names. */
export default class Outline extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const { outcome: path } = (options.reporterOptions ?? {}) as { outcome?: string };
    const failures: string[] = [];
    runner.on("fail", (test: Test, error: Error) => {
      failures.push(`${test.fullTitle()} (${test.duration ?? 0} ms)\n${told(error)}`);
    });
    runner.once("end", () => {
      const outcome: Outcome = { passed: this.stats.passes, failed: this.stats.failures, failures };
      if (path !== undefined) writeFileSync(path, JSON.stringify(outcome));
    });
  }
}
