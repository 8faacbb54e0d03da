// Runs spec files in several mochas side by side, each with a database cluster of its own: many specs wait more than
// they compute. Prints the outline of each when it has ended.
import { type ChildProcess, spawn } from "node:child_process";
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../root.js";
import type { Outcome } from "./reporter.js";

/** Mochas at a time. More than two on two processors would make specs that wait for something wait too long. */
const atOnce = Math.min(3, Math.max(2, availableParallelism() - 1));
/** Several for each turn, so that a pile whose specs take long does not leave the others idle at the end. */
const shards = atOnce * 3;

const { values, positionals } = parseArgs({
  options: {
    outcome: { type: "string", default: "" },
    ignore: { type: "string", multiple: true, default: [] },
  },
  allowPositionals: true,
});

/** Files dealt out so that each shard has about the same to do; a spec's size is the best guess at its time. */
function deal(files: readonly string[]): string[][] {
  const sizes = files.map((file) => ({ file, size: statSync(join(root, file)).size }));
  const dealt = Array.from({ length: shards }, () => ({ files: [] as string[], size: 0 }));
  for (const { file, size } of sizes.sort((a, b) => b.size - a.size)) {
    const least = dealt.reduce((best, shard) => (shard.size < best.size ? shard : best));
    least.files.push(file);
    least.size += size;
  }
  return dealt.map((shard) => shard.files.sort());
}

const running = new Set<ChildProcess>();

const outcomeOf = (shard: number): string => `${values.outcome}.${shard}`;

/** One mocha over the files. One that ended before it could tell its outcome failed. */
async function run(files: readonly string[], shard: number): Promise<Outcome> {
  rmSync(outcomeOf(shard), { force: true });
  const options = [
    "--reporter",
    "dist/scripts/check/reporter.js",
    "--reporter-option",
    `outcome=${outcomeOf(shard)}`,
  ];
  const child = spawn("mocha", [...options, ...files], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  running.add(child);
  const outline: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => outline.push(part));
  const well = await new Promise<boolean>((resolve) => {
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
  running.delete(child);
  process.stdout.write(Buffer.concat(outline));
  const told = read(shard);
  return well || told.failed > 0
    ? told
    : { ...told, failed: 1, failures: [`a mocha ended before it could tell, over ${files.join(", ")}`] };
}

function read(shard: number): Outcome {
  try {
    return JSON.parse(readFileSync(outcomeOf(shard), "utf8")) as Outcome;
  } catch {
    return { passed: 0, failed: 0, failures: [] };
  }
}

const ignored = new Set(globSync(values.ignore, { cwd: root }));
const files = globSync(positionals, { cwd: root }).filter((file) => !ignored.has(file));
const waiting = deal(files)
  .filter((pile) => pile.length > 0)
  .entries();
const outcomes: Outcome[] = [];
async function runNext(): Promise<void> {
  for (const [shard, pile] of waiting) outcomes.push(await run(pile, shard));
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // Takes the piles that wait as well: nothing is begun any more.
    for (const [, pile] of waiting)
      outcomes.push({ passed: 0, failed: 1, failures: [`not begun: ${pile.join(", ")}`] });
    for (const child of running) child.kill(signal);
  });
}
await Promise.all(Array.from({ length: atOnce }, runNext));
const failures = outcomes.flatMap((outcome) => outcome.failures);
// Once more at the end, where they are found: the outlines above are thousands of lines.
if (failures.length > 0) console.log(`\nwhat failed:\n\n${failures.join("\n\n")}`);
const sum = (of: "passed" | "failed"): number => outcomes.reduce((total, outcome) => total + outcome[of], 0);
const total = { passed: sum("passed"), failed: sum("failed") };
writeFileSync(values.outcome, JSON.stringify(total));
process.exitCode = total.failed > 0 ? 1 : 0;
