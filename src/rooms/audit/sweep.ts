import type { Sweep } from "../tenancy/index.js";
import type { Sealer } from "./sealer.js";

/** Seals what killed processes left unsealed; sealing itself follows each commit. Counts trails. */
export const trailSweep = (sealer: Sealer): Sweep => ({
  name: "audit.sweep",
  everyMs: 10 * 60_000,
  async of(scope) {
    // A head that is locked for nothing delays a sealer.
    const [row] = await scope.query<{ due: boolean }>("select exists (select from audit_unsealed) as due");
    return row?.due === true && (await sealer.seal(scope.tenant)) > 0 ? 1 : 0;
  },
});
