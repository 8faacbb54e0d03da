import { endShared } from "../test/support/shared.js";
import { catalogue, choose } from "./support/catalogue.js";
import type { Figure } from "./support/figures.js";
import { type Bench, misses } from "./support/programs.js";

// Prints one JSON line a figure. With --check, ends with 1 when a figure misses its target or was not measured.
// --only PART (repeatable) and --quick are for benchmarks of many parts.
const benches = await catalogue<Bench>(new URL("bench/", import.meta.url));
const { values, chosen } = choose(benches, {
  check: { type: "boolean", default: false },
  only: { type: "string", multiple: true, default: [] },
  quick: { type: "boolean", default: false },
});

const parts = chosen.flatMap(([, bench]) => bench.parts ?? []);
const unknown = values.only.filter((part) => !parts.includes(part));
if (unknown.length > 0) {
  console.error(
    `There is no part ${unknown.join(", ")}. --only takes: ${parts.join(", ") || "nothing here"}`,
  );
  process.exit(2);
}

let missed = 0;
for (const [name, bench] of chosen) {
  const measured = new Set<string>();
  const report = (figure: Figure): void => {
    measured.add(figure.name);
    console.log(JSON.stringify(figure));
    if (!values.check || !misses(figure, bench.targets[figure.name])) return;
    missed += 1;
    console.error(`${name}: ${figure.name} misses its target ${JSON.stringify(bench.targets[figure.name])}`);
  };
  await bench.run(report, { only: values.only, quick: values.quick });
  // Parts chosen by --only say nothing of the others.
  const whole = values.check && values.only.length === 0;
  missed += whole ? Object.keys(bench.targets).filter((target) => !measured.has(target)).length : 0;
}
await endShared();
process.exit(missed === 0 ? 0 : 1);
