import { World } from "../../test/support/world.js";
import { drillIsolation, isIsolated } from "../support/isolation.js";
import type { Drill } from "../support/programs.js";

/** Every operation found by introspection × another tenant's ids × every role: 0 canaries, all operations called. */
export const program: Drill = {
  summary: "every operation with another tenant's ids in every role: 0 leaks",
  async run(seed) {
    const world = await World.start();
    try {
      const report = await drillIsolation(world, world.app.schema, { seed });
      return { ...report, ok: isIsolated(report) };
    } finally {
      await world.stop();
    }
  },
};
