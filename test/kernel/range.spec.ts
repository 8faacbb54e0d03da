import { expect } from "chai";
import { validateSync } from "class-validator";
import { newSeed } from "../../src/kernel/clock.js";
import { Within } from "../../src/kernel/graphql/within.js";
import { rangeText, seeds } from "../../src/kernel/range.js";
import { hyperparameterLimits, parseSettings } from "../../src/rooms/learning/index.js";
import { HyperparametersInput } from "../../src/rooms/training/hyperparameters.inputs.js";

class Asked {
  @Within({ least: -1, most: 0.5 }) share!: number;
}

const faultsOf = (share: number): number => validateSync(Object.assign(new Asked(), { share })).length;

describe("a range", () => {
  it("is said in full, however small or large its ends are", () => {
    expect(rangeText({ least: 1e-7, most: 1e6 })).to.equal("0.0000001 to 1,000,000");
    expect(rangeText({ least: 1, most: 4_096 })).to.equal("1 to 4,096");
  });

  it("holds both its ends and nothing beyond", () => {
    expect([-1, 0, 0.5].map(faultsOf)).to.deep.equal([0, 0, 0]);
    expect([-1.001, 0.501, Number.NaN].map(faultsOf)).to.deep.equal([1, 1, 1]);
  });

  it("holds every seed that is drawn", () => {
    for (let draw = 0; draw < 100; draw++) expect(newSeed()).to.be.within(seeds.least, seeds.most);
  });

  it("of a hyperparameter is the same at the door and in the room behind", () => {
    for (const name of ["epochs", "batchSize", "learningRate", "validationSplit", "weightDecay"] as const) {
      const { least, most } = hyperparameterLimits[name];
      for (const [value, fits] of [
        [least, true],
        [most, true],
        [most + 1, false],
      ] as const) {
        const input = Object.assign(new HyperparametersInput(), { [name]: value });
        expect(validateSync(input).length === 0, `${name} ${value}`).to.equal(fits);
        const parse = (): unknown => parseSettings({ [name]: value }, "REGRESSION", 100);
        if (fits) expect(parse).not.to.throw();
        else expect(parse).to.throw(`hyperparameters.${name}`);
      }
    }
  });
});
