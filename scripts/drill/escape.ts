import { World } from "../../test/support/world.js";
import { escape, isEscaped } from "../support/escape.js";
import type { Drill } from "../support/programs.js";

/** SQL escapes as a tenant: each alone and as an injection into a statement, in every way, then a look around. */
export const program: Drill = {
  summary: "SQL escapes as a tenant: 0 rows of anybody else",
  async run() {
    const world = await World.start({ poolSize: 2 });
    try {
      const { escaped, ...report } = await escape(world);
      return { ...report, leaked: escaped.length, escaped, ok: !isEscaped({ ...report, escaped }) };
    } finally {
      await world.stop();
    }
  },
};
