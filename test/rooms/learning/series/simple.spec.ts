import { expect } from "chai";
import fc from "fast-check";
import { chooseAnchor } from "../../../../src/rooms/learning/series/choose.js";
import {
  decodeForecasts,
  encodeTruth,
  type SeriesCoding,
} from "../../../../src/rooms/learning/series/encode.js";
import { readTable } from "../../../../src/rooms/learning/series/fit.js";
import { forecastErrors } from "../../../../src/rooms/learning/series/metrics.js";
import { anchors, type Anchor } from "../../../../src/rooms/learning/series/settings.js";
import { levelOf, reaches, simpleForecast } from "../../../../src/rooms/learning/series/simple.js";
import { originsOf } from "../../../../src/rooms/learning/series/values.js";
import { tableOf, waves } from "./support.js";

const history = Float64Array.from([1, 5, 3, 2, 6, 4, 4]);
const forecast = (anchor: Anchor, horizon: number, season = 3): number[] => [
  ...simpleForecast(anchor, history, { season, horizon }),
];

describe("learning: simple forecasts", () => {
  it("are those of the textbook", () => {
    expect(forecast("LAST", 2)).to.deep.equal([4, 4]);
    expect(forecast("MEAN", 2)).to.deep.equal([14 / 3, 14 / 3]);
    expect(forecast("MEAN", 1, 1)).to.deep.equal([25 / 7]);
    expect(forecast("DRIFT", 2)).to.deep.equal([4.5, 5]);
    expect(forecast("SEASON", 5)).to.deep.equal([6, 4, 4, 6, 4]);
    // Since a season before the values rose by 2, which each further season adds once more.
    expect(forecast("SEASON_AND_CHANGE", 5)).to.deep.equal([8, 6, 6, 10, 8]);
    expect(forecast("SEASON", 3, 1)).to.deep.equal([4, 4, 4]);
  });

  it("are only made of histories that reach back far enough", () => {
    const possible = (length: number, season: number) =>
      anchors.filter((anchor) => reaches(anchor, length, season));
    expect(possible(1, 1)).to.deep.equal(["MEAN", "LAST"]);
    expect(possible(12, 12)).to.deep.equal(["MEAN", "LAST", "DRIFT", "SEASON"]);
    expect(possible(13, 12)).to.deep.equal([...anchors]);
    expect(possible(13, 1)).to.deep.equal(["MEAN", "LAST", "DRIFT"]);
  });

  it("follow a shift of the whole history, and so does the level", () => {
    const numbers = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 6, maxLength: 20 });
    fc.assert(
      fc.property(
        numbers,
        fc.constantFrom(...anchors),
        fc.integer({ min: -500, max: 500 }),
        (drawn, anchor, shift) => {
          const [plain, moved] = [drawn, drawn.map((value) => value + shift)].map((all) =>
            Float64Array.from(all),
          );
          if (!plain || !moved) throw new Error("Two histories were drawn.");
          const spans = { season: 3, horizon: 7 };
          const shifted = simpleForecast(anchor, moved, spans);
          simpleForecast(anchor, plain, spans).forEach((value, step) =>
            expect(shifted[step]).to.be.closeTo(value + shift, 1e-9),
          );
          expect(levelOf(anchor, moved, 3)).to.be.closeTo(levelOf(anchor, plain, 3) + shift, 1e-9);
        },
      ),
    );
  });

  const chosenFor = (values: readonly number[], season: number) => {
    const read = readTable(tableOf(values), ["y"]);
    const spans = { season, window: 2 * season + 2, horizon: 4 };
    return chooseAnchor(read, originsOf(read, { ...spans, history: 0 }), spans);
  };

  it("are chosen by what they got wrong in training: season, growth that multiplies, drift, the last value", () => {
    const season = Array.from({ length: 90 }, (_, row) => [9, 2, 5, 7][row % 4] ?? 0);
    expect(chosenFor(season, 4)).to.deep.equal({ anchor: "SEASON", floor: null });
    expect(chosenFor(waves(120, 12), 12).anchor).to.equal("SEASON_AND_CHANGE");
    const growing = season.map((value, row) => value * 1.1 ** row);
    expect(chosenFor(growing, 4)).to.deep.equal({ anchor: "SEASON_AND_CHANGE", floor: 2.2e-3 });
    expect(
      chosenFor(
        Array.from({ length: 60 }, (_, row) => 10 - 3 * row),
        1,
      ),
    ).to.deep.equal({
      anchor: "DRIFT",
      floor: null,
    });
    const steps = Array.from({ length: 200 }, (_, row) => ((Math.floor(row / 50) * 37) % 5) * 100);
    expect(chosenFor(steps, 1).anchor).to.equal("LAST");
  });

  const coding = (floor: number | null): SeriesCoding => ({
    features: [{ kind: "SERIES", column: "y", window: 7, mean: 0, deviation: 2 }],
    target: {
      type: "TIME_SERIES",
      column: "y",
      timeColumn: null,
      window: 7,
      horizon: 2,
      season: 3,
      anchor: "SEASON",
      floor,
      deviation: 1.5,
      scale: 1,
    },
  });

  it("come back from what the network is taught, with and without logarithms", () => {
    for (const floor of [null, 0.001]) {
      const taught = new Float32Array(2);
      encodeTruth(coding(floor), { window: history, truth: Float64Array.from([7, 3]) }, taught, 0);
      const [first = 0, second = 0] = decodeForecasts(coding(floor), [history], taught);
      expect(first).to.be.closeTo(7, 1e-5);
      expect(second).to.be.closeTo(3, 1e-5);
    }
  });

  it("stay numbers whatever the network says", () => {
    for (const said of [1e30, -1e30])
      for (const floor of [null, 0.001]) {
        const all = [...decodeForecasts(coding(floor), [history], Float32Array.from([said, said]))];
        expect(all.every((value) => Number.isFinite(value) && Math.abs(value) <= 1e100)).to.equal(true);
      }
  });

  it("are measured by the books: MAE, RMSE, MASE and MAPE, all and by steps", () => {
    const errors = forecastErrors({
      actual: [10, 20, 30, 40],
      predicted: Float64Array.from([11, 18, 30, 44]),
      horizon: 2,
      scale: 3.5,
    });
    expect(errors.meanAbsoluteError).to.equal(1.75);
    expect(errors.rootMeanSquaredError).to.be.closeTo(Math.sqrt(21 / 4), 1e-12);
    expect(errors.meanAbsoluteScaledError).to.equal(0.5);
    expect(errors.meanAbsolutePercentageError).to.be.closeTo((0.1 + 0.1 + 0 + 0.1) / 4, 1e-12);
    expect(errors.steps).to.deep.equal([
      { step: 1, meanAbsoluteError: 0.5, rootMeanSquaredError: Math.sqrt(0.5) },
      { step: 2, meanAbsoluteError: 3, rootMeanSquaredError: Math.sqrt(10) },
    ]);
    const zero = forecastErrors({
      actual: [0, 1],
      predicted: Float64Array.from([1, 1]),
      horizon: 1,
      scale: null,
    });
    expect([zero.meanAbsolutePercentageError, zero.meanAbsoluteScaledError]).to.deep.equal([null, null]);
  });
});
