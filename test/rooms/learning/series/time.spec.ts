import { expect } from "chai";
import fc from "fast-check";
import { areDates, timeOf } from "../../../../src/rooms/learning/dates.js";
import { timeFault } from "../../../../src/rooms/learning/series/time.js";

describe("learning: times of a series", () => {
  it("reads dates of every length, quarters and numbers", () => {
    const at = (text: string): string | null => {
      const time = timeOf(text);
      return time === null ? null : new Date(time).toISOString();
    };
    expect(at("1949-01")).to.equal("1949-01-01T00:00:00.000Z");
    expect(at(" 2024-02-29 ")).to.equal("2024-02-29T00:00:00.000Z");
    expect(at("2024/2/9")).to.equal("2024-02-09T00:00:00.000Z");
    expect(at("2024-Q3")).to.equal("2024-07-01T00:00:00.000Z");
    expect(at("2024-01-31T10:30")).to.equal("2024-01-31T10:30:00.000Z");
    expect(at("2024-01-31 10:30:15.5")).to.equal("2024-01-31T10:30:15.500Z");
    expect(at("2024-01-31T10:30:00+02:00")).to.equal("2024-01-31T08:30:00.000Z");
    expect(at("2024-01-31T10:30:00-0530")).to.equal("2024-01-31T16:00:00.000Z");
    expect([timeOf("17"), timeOf("1.5e3")]).to.deep.equal([17, 1_500]);
  });

  it("takes nothing else for a time", () => {
    for (const text of ["", "NA", "2023-02-29", "2024-13", "2024-00-01", "31.01.2024", "Jan 2024", "2024-Q5"])
      expect(timeOf(text), text).to.equal(null);
    expect(timeOf("2024-01-31T25:00")).to.equal(null);
    expect([timeOf(null), timeOf(undefined)]).to.deep.equal([null, null]);
  });

  it("agrees with the clock on any moment", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
        expect(timeOf(date.toISOString())).to.equal(date.getTime());
      }),
    );
  });

  it("tells dates from numbers, which a column may hold for another reason", () => {
    expect(areDates(["1949-01", "1949-02"])).to.equal(true);
    for (const texts of [[], ["1949", "1950"], ["1", "2"], ["1949-01", "soon"]])
      expect(areDates(texts), texts.join()).to.equal(false);
  });

  it("names the first time that is out of order, and says why", () => {
    expect(timeFault(["2024-01", "2024-02", "2024-04"])).to.equal(null);
    expect(timeFault([])).to.equal(null);
    const faults = [
      ["2024-01", "2024-02", "2024-02", "2024-01"],
      ["2024-02", "2024-01"],
      ["2024-01", "soon"],
      ["1", null],
    ].map(timeFault);
    expect(faults.map((fault) => fault?.row)).to.deep.equal([2, 1, 1, 1]);
    expect(faults.map((fault) => fault?.message)).to.deep.equal([
      '"2024-02" repeats the time before it. A dataset holds one series: one row for each time.',
      '"2024-01" is earlier than the time before it. Sort the rows by time, the oldest first.',
      '"soon" is no time. Use dates such as 2024-01-31, or numbers.',
      '"" is no time. Use dates such as 2024-01-31, or numbers.',
    ]);
  });
});
