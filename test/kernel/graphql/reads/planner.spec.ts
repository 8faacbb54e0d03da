import { expect } from "chai";
import { drillPlanner, type PlannerReport } from "../../../../scripts/support/planner.js";
import { sameButForTiming } from "../../../../scripts/support/same-answer.js";
import { World } from "../../../support/world.js";

const cases = 400;

describe("planned reads and plain resolvers", function () {
  this.timeout(180_000);
  let world: World;
  let report: PlannerReport;
  before(async () => {
    world = await World.start();
    report = await drillPlanner(world, 20_261, cases);
  });
  after(() => world.stop());

  it("answer generated documents over the whole schema alike, to the byte", () => {
    expect(report.failure).to.equal(null);
    expect(report.different).to.equal(0);
    expect(report.cases).to.equal(cases);
  });

  it("were compared by documents of which most got in, and by every way of answering", () => {
    expect(report.refusedUnread).to.be.lessThan(report.compared / 5);
    const ways = ["statement", "ahead", "resolvers", "refused", "argument", "row"];
    expect(Object.keys(report.paths)).to.have.members(ways);
    for (const way of ways) expect(report.paths[way], way).to.be.greaterThan(5);
    const { statement = 0, ahead = 0 } = report.paths;
    expect(statement + ahead).to.be.greaterThan(report.compared / 2);
  });

  it("differ in the order of errors seldom, since plain resolvers do so among themselves", () => {
    expect(report.reordered).to.be.lessThan(report.compared / 10);
  });
});

describe("what counts as the same answer", () => {
  const answer = (data: unknown, ...errors: object[]): string =>
    JSON.stringify({ ...(errors.length > 0 && { errors }), data });
  const at = (message: string, ...path: (string | number)[]): object => ({ message, path });

  it("is the same data with the same errors in any order", () => {
    const [a, b] = [at("no", "a"), at("never", "b")];
    const data = { a: null, b: null };
    expect(sameButForTiming(answer(data, a, b), answer(data, b, a))).to.equal(true);
    expect(sameButForTiming(answer(data, a), answer(data, a, b))).to.equal(false);
    expect(sameButForTiming(answer(data, a, b), answer({ b: null, a: null }, a, b))).to.equal(false);
  });

  it("is any of several errors below one null, and no other message at its own place", () => {
    const [first, second] = [at("no", "list", 0, "x"), at("never", "list", 4, "y")];
    expect(sameButForTiming(answer({ list: null }, first), answer({ list: null }, second))).to.equal(true);
    expect(sameButForTiming(answer({ list: null }, first), answer({ list: [] }, second))).to.equal(false);
    expect(sameButForTiming(answer({ list: null }, first), answer({ list: null }))).to.equal(false);
    const named = (message: string): string => answer({ list: null }, at(message, "list"));
    expect(sameButForTiming(named("no"), named("never"))).to.equal(false);
  });
});
