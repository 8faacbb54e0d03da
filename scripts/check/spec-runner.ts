// Runs spec files in a few processes side by side, each with a database cluster of its own: many specs wait more than
// they compute. Prints the outline of each file when it has ended.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../root.js";
import { type Outcome, SpecProcess } from "./spec-process.js";

/** Processes at a time. More than two on two processors would make specs that wait for something wait too long. */
const atOnce = Math.min(3, Math.max(2, availableParallelism() - 1));
/** A process is replaced after so many, so that what the modules of specs hold in memory does not add up. */
const filesEach = 50;

const { values, positionals } = parseArgs({
  options: {
    outcome: { type: "string", default: "" },
    ignore: { type: "string", multiple: true, default: [] },
  },
  allowPositionals: true,
});

/** How much there is to wait for: of what a file tells without being run, this says best how long it takes. */
const waits = (file: string): number => readFileSync(resolve(root, file), "utf8").split("await ").length;

/**
 * Taken one by one, by whichever process is free. The longest come first, so that what is begun last is short and all
 * processes end at nearly the same time.
 */
function inTurn(): string[] {
  const ignored = new Set(globSync(values.ignore, { cwd: root }));
  const files = globSync(positionals, { cwd: root }).filter((file) => !ignored.has(file));
  const long = new Map(files.map((file) => [file, waits(file)]));
  return files.sort((a, b) => (long.get(b) ?? 0) - (long.get(a) ?? 0));
}

const waiting = inTurn();
const outcomes: Outcome[] = [];
const running = new Set<SpecProcess>();
const seconds = new Map<string, number>();

async function runOne(process: SpecProcess, file: string): Promise<void> {
  const begun = performance.now();
  const { lines, outcome } = await process.run(file);
  seconds.set(file, (performance.now() - begun) / 1000);
  outcomes.push(outcome);
  console.log(lines.join("\n"));
}

/** One process after another, until no file is left. A file that ends its process takes no other with it. */
async function runNext(): Promise<void> {
  while (waiting.length > 0) {
    const process = new SpecProcess();
    running.add(process);
    for (let count = 0; count < filesEach && !process.ended; count += 1) {
      const file = waiting.shift();
      if (file === undefined) break;
      await runOne(process, file);
    }
    outcomes.push(await process.end());
    running.delete(process);
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    const { length } = waiting.splice(0);
    if (length > 0)
      outcomes.push({
        passed: 0,
        failed: 1,
        failures: [`${length} files of specs were not begun: ${signal}`],
      });
    for (const one of running) one.kill(signal);
  });
}

await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, runNext));
const longest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, 10);
console.log(
  `longest:\n${longest.map(([file, time]) => `  ${time.toFixed(1).padStart(5)} s  ${file}`).join("\n")}`,
);
const failures = outcomes.flatMap((outcome) => outcome.failures);
// Once more at the end, where they are found: the outlines above are thousands of lines.
if (failures.length > 0) console.log(`\nwhat failed:\n\n${failures.join("\n\n")}`);
const sum = (of: "passed" | "failed"): number => outcomes.reduce((total, outcome) => total + outcome[of], 0);
const total = { passed: sum("passed"), failed: sum("failed") };
writeFileSync(values.outcome, JSON.stringify(total));
process.exitCode = total.failed > 0 ? 1 : 0;
