import type { Drill } from "../support/programs.js";
import { type ArchitectureName, architectureNames, resumeAfterKills } from "../support/resume.js";

const kills = 20;

/** The kills dealt out in turn, so that each architecture has two or three. */
const killsOf = (place: number): number =>
  Array.from({ length: kills }).filter((_, kill) => kill % architectureNames.length === place).length;

export const program: Drill = {
  summary:
    "trainings of all architectures, killed -9 at random moments and resumed: the weights byte by byte",
  async run(seed) {
    const differing: ArchitectureName[] = [];
    let [killed, epochsRepeated] = [0, 0];
    for (const [place, name] of architectureNames.entries()) {
      const resumed = await resumeAfterKills(name, killsOf(place), seed);
      killed += resumed.kills;
      epochsRepeated += resumed.epochsRepeated;
      if (!resumed.equal) differing.push(name);
    }
    const runs = architectureNames.length;
    const equal = runs - differing.length;
    return { runs, kills: killed, equal, differing, epochsRepeated, ok: equal === runs && killed === kills };
  },
};
