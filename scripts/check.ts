// All checks, in the order in which they are cheapest to fail. The first step that fails ends the run.
import { browserSpecs, missingBrowser } from "./check/browser.js";
import { type Count, coverage, type Step, specs, tool } from "./check/steps.js";

const gates = "dist/test/gates/**/*.spec.js";
const noBrowser = missingBrowser();

if (noBrowser !== null && process.env["CI"] === "true") {
  console.error(
    `${noBrowser}\nA build server runs every spec, so this is a failure there.\n0 passed, 1 failed`,
  );
  process.exit(1);
}

const steps: Step[] = [
  tool(
    "types",
    ["tsc", "-p", "tsconfig.json", "--noEmit", "--incremental", "false"],
    ["tsc", "-p", "src/explorer/tsconfig.json"],
  ),
  tool("lint", ["oxlint", "--type-aware"]),
  tool("format", ["biome", "format", "--reporter=summary", "."]),
  specs("gates", [], [gates]),
  specs("specs", ["c8"], ["dist/test/**/*.spec.js"], [gates, ...(noBrowser === null ? [] : browserSpecs)]),
  coverage,
];

const total = { passed: 0, failed: 0 };
const times: string[] = [];

async function timed(step: Step): Promise<Count> {
  console.log(`\n── ${step.name}`);
  const begun = performance.now();
  const count = await step.run();
  times.push(`${step.name} ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return count;
}

for (const step of steps) {
  const { passed, failed } = await timed(step);
  total.passed += passed;
  total.failed += failed;
  if (failed === 0) continue;
  console.log(`\n${step.name} failed, so what comes after it was not run.`);
  break;
}

console.log(`\n${times.join(", ")}`);
if (noBrowser !== null) console.log(`Not run: the explorer in a browser. ${noBrowser}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
