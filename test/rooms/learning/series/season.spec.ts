import { expect } from "chai";
import fc from "fast-check";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { autocorrelations, seasonOf } from "../../../../src/rooms/learning/series/season.js";
import { defaultHorizon, defaultWindow } from "../../../../src/rooms/learning/series/lengths.js";
import { seriesSet, type sets, waves } from "./support.js";

const column = (name: keyof typeof sets, rows: number): Float64Array =>
  Float64Array.from(
    seriesSet(name)
      .rows.slice(0, rows)
      .map(([, value]) => Number(value)),
  );

function drawn(kind: "noise" | "walk", rows: number, seed: number): Float64Array {
  const random = seededRandom("season", kind, seed);
  let sum = 0;
  return Float64Array.from({ length: rows }, () => {
    const step = random() + random() + random() - 1.5;
    sum += step;
    return kind === "walk" ? sum : step;
  });
}

describe("learning: seasons of a series", () => {
  it("finds twelve months and 365 days in the published series, in their training rows alone", () => {
    expect([50, 86, 108].map((rows) => seasonOf(column("airline-passengers", rows)))).to.deep.equal([
      12, 12, 12,
    ]);
    expect([1_200, 2_190].map((rows) => seasonOf(column("daily-min-temperatures", rows)))).to.deep.equal([
      365, 365,
    ]);
  });

  it("finds a season through a trend, whatever its length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), (season) => {
        const found = seasonOf(Float64Array.from(waves(season * 8, season)));
        // A season near one of the calendar is taken for that.
        expect(Math.abs(found - season)).to.be.at.most(season * 0.05);
      }),
      { numRuns: 40 },
    );
  });

  it("finds a season in growth that multiplies, whose last years drown the others", () => {
    const growing = Float64Array.from(
      { length: 400 },
      (_, row) => 50 * Math.exp(0.03 * row + 0.3 * Math.sin((row * Math.PI) / 6)),
    );
    expect(seasonOf(growing)).to.equal(12);
    expect(seasonOf(Float64Array.from({ length: 400 }, (_, row) => 50 * Math.exp(0.03 * row)))).to.equal(1);
  });

  it("finds none in noise, nor in most walks, nor where nothing changes", () => {
    const shareOf = (kind: "noise" | "walk"): number =>
      Array.from({ length: 100 }, (_, seed) => seasonOf(drawn(kind, 300, seed))).filter(
        (season) => season > 1,
      ).length / 100;
    expect(shareOf("noise")).to.be.at.most(0.02);
    expect(shareOf("walk")).to.be.at.most(0.1);
    expect(seasonOf(new Float64Array(200).fill(7.3))).to.equal(1);
    expect(seasonOf(Float64Array.from({ length: 200 }, (_, row) => 3 * row - 8))).to.equal(1);
  });

  it("says nothing of a handful of rows", () => {
    for (const values of [[], [1], [1, 2, 1, 2], [1, 2, 1, 2, 1]])
      expect(seasonOf(Float64Array.from(values))).to.equal(1);
  });

  it("autocorrelates as the definition has it", () => {
    const shares = autocorrelations(Float64Array.from([1, -1, 1, -1, 1, -1, 1, -1]), 4);
    expect([...shares].map((share) => Math.round(share * 1e12) / 1e12)).to.deep.equal([1, -1, 1, -1, 1]);
    expect([...autocorrelations(new Float64Array(5).fill(2), 2)]).to.deep.equal([0, 0, 0]);
  });

  it("chooses lengths that leave something to learn from", () => {
    expect([1, 7, 12, 24, 365].map((season) => defaultHorizon(season, 3_000))).to.deep.equal([
      6, 7, 12, 24, 7,
    ]);
    expect(defaultWindow({ season: 12, horizon: 12 }, 86)).to.equal(24);
    expect(defaultWindow({ season: 365, horizon: 7 }, 2_190)).to.equal(28);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 5_000 }), (season, rows) => {
        const horizon = defaultHorizon(season, rows);
        const window = defaultWindow({ season, horizon }, rows);
        expect(horizon).to.be.within(1, 48);
        expect(window).to.be.within(1, 1_000);
        if (rows >= 20) expect(window + horizon).to.be.at.most(rows / 2);
      }),
    );
  });
});
