import { World } from "../../test/support/world.js";
import { drillPlanner } from "../support/planner.js";
import type { Drill } from "../support/programs.js";

const cases = 10_000;

/** Generated documents over the whole schema: the planner's answer and that of plain resolvers, byte by byte. */
export const program: Drill = {
  summary: "10,000 generated queries: planned answers are those of plain resolvers, to the byte",
  async run(seed) {
    const world = await World.start();
    try {
      const { paths, failure, ...report } = await drillPlanner(world, seed, cases);
      if (failure !== null) console.error(failure);
      return { ...report, ...paths, ok: report.different === 0 && paths["failure"] === undefined };
    } finally {
      await world.stop();
    }
  },
};
