import { expect } from "chai";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import { targetBalance } from "../../../../src/rooms/datasets/reading/index.js";
import { csv, inChunks, profile, realData } from "./support.js";

describe("datasets: balance of a target", () => {
  it("gives counts, shares and imbalance of classes", async () => {
    const balance = targetBalance(await profile(realData("penguins.csv")), "species");
    expect(balance.classes?.map(({ value, count }) => [value, count])).to.deep.equal([
      ["Adelie", 152],
      ["Gentoo", 124],
      ["Chinstrap", 68],
    ]);
    expect(balance.classes?.reduce((sum, { share }) => sum + share, 0)).to.be.closeTo(1, 1e-12);
    expect(balance).to.include({
      kind: "CATEGORY",
      missing: 0,
      complete: true,
      imbalanceRatio: 152 / 68,
      mean: null,
    });
  });

  it("takes shares of the rows that have a target", async () => {
    const balance = targetBalance(await profile(inChunks("y,x\na,1\na,2\nb,3\nNA,4\n")), "y");
    expect(balance.missing).to.equal(1);
    expect(balance.classes?.map(({ share }) => share)).to.deep.equal([2 / 3, 1 / 3]);
  });

  it("gives range, mean and deviation of a number", async () => {
    const balance = targetBalance(await profile(realData("diabetes.csv")), "progression");
    expect(balance).to.include({
      kind: "NUMBER",
      minimum: 25,
      maximum: 346,
      classes: null,
      imbalanceRatio: null,
    });
    expect(balance.mean).to.be.closeTo(152.133484, 1e-6);
    expect(balance.standardDeviation).to.be.closeTo(77.093005, 1e-6);
  });

  it("gives both for whole numbers with few values", async () => {
    const balance = targetBalance(await profile(realData("titanic.csv")), "survived");
    expect(balance).to.include({ kind: "NUMBER", minimum: 0, maximum: 1, imbalanceRatio: 549 / 342 });
    expect(balance.classes).to.have.length(2);
  });

  it("shows a target with one class as one class", async () => {
    const balance = targetBalance(await profile(inChunks("y,x\na,1\na,2\n")), "y");
    expect(balance.classes).to.deep.equal([{ value: "a", count: 2, share: 1 }]);
    expect(balance).to.include({ complete: true, imbalanceRatio: 1 });
  });

  it("knows no ratio where classes are left out, no classes of a text, none of nothing", async () => {
    const rows = Array.from({ length: 300 }, (_, index) => `v${index % 60},t${index},\n`).join("");
    const table = await profile(inChunks(`y,text,empty\n${rows}`), csv);
    const many = targetBalance(table, "y");
    expect(many.classes).to.have.length(50);
    expect(many).to.include({ complete: false, imbalanceRatio: null });
    expect(targetBalance(table, "text")).to.include({ classes: null, complete: false });
    expect(targetBalance(table, "empty")).to.deep.include({
      classes: [],
      missing: 300,
      imbalanceRatio: null,
    });
  });

  it("refuses a column that isn't there, and names those that are", async () => {
    const table = await profile(realData("penguins.csv"));
    const expected = { code: "BAD_USER_INPUT", message: /no column “Species”\. Columns: species, island/ };
    expect(() => targetBalance(table, "Species"))
      .to.throw(TenfoldError, expected.message)
      .with.property("code", expected.code);
  });
});
