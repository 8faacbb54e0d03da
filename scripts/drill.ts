import { parseArgs } from "node:util";
import { endShared } from "../test/support/shared.js";
import { catalogue, choose } from "./support/catalogue.js";
import type { Drill } from "./support/programs.js";

// Prints one JSON line a drill with its seed, and ends with 1 when one is not ok.
const { values, positionals } = parseArgs({ options: { seed: { type: "string" } }, allowPositionals: true });
const chosen = choose(await catalogue<Drill>(new URL("drill/", import.meta.url)), positionals);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);

let failed = false;
for (const [drill, program] of chosen) {
  const { ok, ...figures } = await program.run(seed);
  console.log(JSON.stringify({ drill, seed, ...figures, ok }));
  failed ||= !ok;
}
await endShared();
process.exit(failed ? 1 : 0);
