import { expect } from "chai";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import type { JsonRow } from "../../../../src/rooms/learning/index.js";
import type { SeriesCoding } from "../../../../src/rooms/learning/series/encode.js";
import { observationsOf, windowOf } from "../../../../src/rooms/learning/series/request.js";

const coding: SeriesCoding = {
  features: [
    { kind: "SERIES", column: "y", window: 3, mean: 0, deviation: 1 },
    { kind: "SERIES", column: "constructor", window: 3, mean: 2, deviation: 1 },
  ],
  target: {
    type: "TIME_SERIES",
    column: "y",
    timeColumn: "day",
    window: 3,
    horizon: 2,
    season: 1,
    anchor: "LAST",
    floor: null,
    deviation: 1,
    scale: null,
  },
};

const rows = (...values: (number | string | null)[]): JsonRow[] => values.map((y) => ({ y, constructor: 5 }));

function pathOf(list: JsonRow[]): string | undefined {
  try {
    observationsOf(coding, list);
    return undefined;
  } catch (error) {
    if (!(error instanceof TenfoldError)) throw error;
    expect(error.code).to.equal("BAD_USER_INPUT");
    const [field] = error.extensions.fields as { path: string; message: string }[];
    expect(field?.message).to.match(/^[A-Z"].*\.$/);
    return field?.path;
  }
}

describe("learning: observations to forecast from", () => {
  it("takes the latest window, with gaps filled from before it", () => {
    expect(observationsOf(coding, rows(1, 2, "3", 4))).to.deep.equal(["2", "5", "3", "5", "4", "5"]);
    expect([...windowOf(observationsOf(coding, rows(1, 2, null, 4, "NA")))]).to.deep.equal([
      2, 5, 4, 5, 4, 5,
    ]);
    // The row before the window has what its first row lacks.
    expect([...windowOf(observationsOf(coding, rows(7, null, 4, 1)))]).to.deep.equal([7, 5, 4, 5, 1, 5]);
  });

  it("takes times or none at all", () => {
    const timed = rows(1, 2, 3).map((row, at) => ({ ...row, day: `2024-01-0${at + 1}` }));
    expect(pathOf(timed)).to.equal(undefined);
    expect(pathOf(timed.toReversed())).to.equal("rows.1.day");
    expect(pathOf(timed.map((row) => ({ ...row, day: "2024-01-01" })))).to.equal("rows.1.day");
    expect(pathOf(timed.map((row, at) => (at === 2 ? { ...row, day: null } : row)))).to.equal("rows.2.day");
    expect(pathOf(timed.map((row) => ({ ...row, day: "soon" })))).to.equal("rows.0.day");
  });

  it("refuses too few rows with the number that is needed", () => {
    for (const list of [[], rows(1, 2)]) {
      expect(pathOf(list)).to.equal("rows");
      expect(() => observationsOf(coding, list)).to.throw(/the last 3 observations.* but gets [02]\./);
    }
  });

  it("refuses text where numbers belong, and a gap with nothing before it", () => {
    expect(pathOf(rows(1, "two", 3))).to.equal("rows.1.y");
    expect(pathOf([{ y: true, constructor: 1 }, ...rows(1, 2, 3)])).to.equal("rows.0.y");
    expect(pathOf(rows(null, 2, 3))).to.equal("rows.0.y");
    // An own column of that name is meant, and these rows have none.
    expect(pathOf([{ y: 1 }, { y: 2 }, { y: 3 }])).to.equal("rows.0.constructor");
  });
});
