import { expect } from "chai";
import { hiddenCharacters, isPlainlySeen } from "../../src/kernel/visible-text.js";

describe("text that is plainly seen", () => {
  it("may be of any script, with emoji, accents and direction by its letters alone", () => {
    for (const text of ["", "a b", "größe", "客户", "שלום", "مرحبا", "👩‍🔬", "é"])
      expect(isPlainlySeen(text)).to.equal(true);
  });

  it("turns nothing around and hides nothing", () => {
    for (const hidden of [
      "\u202e",
      "\u2066",
      "\u200f",
      "\u061c",
      "\u0000",
      "\t",
      "\u0085",
      "\u2028",
      "\ud800",
    ]) {
      // Asked twice: an expression that remembers where it was would be wrong every other time.
      for (let time = 0; time < 2; time++) expect(isPlainlySeen(`cat${hidden}gpj.exe`)).to.equal(false);
      expect(`cat${hidden}gpj`.replaceAll(hiddenCharacters, "?")).to.equal("cat?gpj");
    }
  });
});
