import { expect } from "chai";
import { validateSync } from "class-validator";
import { IsDisplayName } from "../../../src/kernel/graphql/display-name.js";

class Named {
  @IsDisplayName() name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const accepted = (name: string): boolean => validateSync(new Named(name)).length === 0;

describe("names that people read", () => {
  it("may be of any script, with blanks within and emoji", () => {
    for (const name of [
      "a",
      "churn model 2",
      "Модель оттока",
      "客户流失",
      "मॉडल",
      "👩‍🔬 lab",
      "x".repeat(200),
    ])
      expect(accepted(name), name).to.equal(true);
  });

  it("hold nothing that is not seen for what it is", () => {
    for (const name of [
      "",
      " ",
      "a\nb",
      "a\tb",
      " a",
      "a ",
      "a\u0000",
      "\u202eabc",
      "\ud800",
      "x".repeat(201),
    ])
      expect(accepted(name), JSON.stringify(name)).to.equal(false);
  });
});
