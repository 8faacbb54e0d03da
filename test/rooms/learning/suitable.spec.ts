import { expect } from "chai";
import { suitableArchitecture } from "../../../src/rooms/learning/architecture/index.js";
import { suitableHyperparameters } from "../../../src/rooms/learning/hyperparameters.js";
import { dataSet, learn } from "./data.js";

describe("learning: what suits few rows", function () {
  this.timeout(120_000);

  it("reaches 0.82 on sonar with at least four of five seeds, nothing chosen", async () => {
    const scores: number[] = [];
    for (let seed = 1; seed <= 5; seed++) {
      const { table, plan } = dataSet("sonar", seed);
      const { metrics } = await learn(table, plan);
      scores.push("accuracy" in metrics ? metrics.accuracy : 0);
    }
    expect(scores.filter((score) => score >= 0.82).length, scores.join(" ")).to.be.at.least(4);
  });

  it("is steps that end small, and every row where classes have few", () => {
    expect(suitableHyperparameters("CLASSIFICATION", 208)).to.include({ epochs: 150, validationSplit: 0 });
    expect(suitableHyperparameters("CLASSIFICATION", 208).schedule).to.include({ kind: "COSINE" });
    expect(suitableHyperparameters("REGRESSION", 400)).to.include({ epochs: 100, validationSplit: 0.1 });
    expect(suitableHyperparameters("REGRESSION", 400).schedule).to.include({ kind: "COSINE" });
  });

  it("stays as it was for more rows, for texts and for images", () => {
    for (const chosen of [
      suitableHyperparameters("CLASSIFICATION", 891),
      suitableHyperparameters("CLASSIFICATION", 208, true),
      suitableHyperparameters("IMAGE", 208),
      suitableHyperparameters("REGRESSION", 5_000),
    ])
      expect(chosen).to.include({ schedule: null, validationSplit: 0.1 });
  });

  it("is wide layers over few inputs, and narrow ones over many", () => {
    const widthsOf = (rows: number, inputs: number): unknown[] =>
      suitableArchitecture("CLASSIFICATION", rows, inputs).layers.map(
        (layer) => "units" in layer && layer.units,
      );
    expect(widthsOf(156, 60)).to.deep.equal([128, 64]);
    expect(widthsOf(156, 500)).to.deep.equal([32, 16]);
    expect(widthsOf(258, 8)).to.deep.equal([32, 16]);
  });
});
