import { writeFileSync } from "node:fs";
import { type MochaOptions, type Runner, reporters } from "mocha";

/** Mocha's own outline, and its counts in the file that the option `outcome` names. */
export default class Outline extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const { outcome } = (options.reporterOptions ?? {}) as { outcome?: string };
    runner.once("end", () => {
      const { passes, failures } = this.stats;
      if (outcome !== undefined) writeFileSync(outcome, JSON.stringify({ passed: passes, failed: failures }));
    });
  }
}
