import { endShared } from "../test/support/shared.js";
import { catalogue, choose } from "./support/catalogue.js";
import type { Drill } from "./support/programs.js";

// Prints one JSON line a drill with its seed, and ends with 1 when one is not ok.
const drills = await catalogue<Drill>(new URL("drill/", import.meta.url));
const { values, chosen } = choose(drills, { seed: { type: "string" } });
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);

let failed = false;
for (const [drill, program] of chosen) {
  const { ok, ...figures } = await program.run(seed);
  console.log(JSON.stringify({ drill, seed, ...figures, ok }));
  failed ||= !ok;
}
await endShared();
process.exit(failed ? 1 : 0);
