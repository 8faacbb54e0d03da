import { expect } from "chai";
import { everyLayer, layersOfTables, resumeAfterKills } from "../../../scripts/support/resume.js";

/** The drill `resume` in short; it does the same with every architecture and 20 kills. */
describe("learning: killed trainings go on", function () {
  this.timeout(60_000);

  for (const name of ["CNN_1D", "LSTM"] as const) {
    it(`to the same bytes, twice killed: ${name}`, async () => {
      const { kills, equal, epochsRepeated } = await resumeAfterKills(name, 2, 5);
      expect(kills).to.equal(2);
      expect(equal).to.equal(true);
      // Checkpoints come every other epoch, so a kill repeats one reported epoch at most.
      expect(epochsRepeated).to.be.within(0, 2);
    });
  }

  it("with every layer that a table can pass through, in the drill", () => {
    expect([...new Set(everyLayer.map(({ type }) => type))]).to.have.members(layersOfTables);
  });
});
