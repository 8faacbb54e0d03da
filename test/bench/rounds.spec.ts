import { expect } from "chai";
import fc from "fast-check";
import { parse, visit } from "graphql";
import { middle, ratioOf, rotated, type Turn } from "../../scripts/bench/graphql/rounds.js";
import { operationOf, scenarios, serverNames, takesPart } from "../../scripts/bench/graphql/scenarios.js";

const turn = (perSecond: number, more: Partial<Turn> = {}): Turn => ({
  perSecond,
  p50: 1,
  p99: 2,
  cpuMs: 0.5,
  databaseMs: 0.25,
  ...more,
});

const throughput = ({ perSecond }: Turn): number => perSecond;

describe("rounds of a comparison", () => {
  it("begin with another server each time", () => {
    expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).to.deep.equal([
      "abc",
      "bca",
      "cab",
      "abc",
    ]);
    expect(rotated([], 3)).to.deep.equal([]);
  });

  it("give every server its turn", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat()), fc.nat(), (servers, round) => {
        expect(rotated(servers, round)).to.have.members(servers);
      }),
    );
  });

  it("come to the middle of each measure on its own", () => {
    const turns = [
      turn(100, { cpuMs: 3 }),
      turn(900, { cpuMs: 1 }),
      turn(110, { cpuMs: 2, databaseMs: null }),
    ];
    expect(middle(turns)).to.include({ perSecond: 110, cpuMs: 2, databaseMs: 0.25 });
    expect(middle([turn(1, { databaseMs: null })]).databaseMs).to.equal(null);
  });

  it("compare within the round, so that a slow machine slows both sides", () => {
    const ours = [turn(200), turn(20), turn(210)];
    const theirs = [turn(100), turn(10), turn(100)];
    expect(ratioOf(ours, theirs, throughput)).to.equal(2);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1 }), (speeds) => {
        const twice = speeds.map((speed) => turn(2 * speed));
        expect(
          ratioOf(
            twice,
            speeds.map((speed) => turn(speed)),
            throughput,
          ),
        ).to.equal(2);
      }),
    );
  });

  it("leave out what only one side has, and have no ratio without any", () => {
    expect(ratioOf([turn(3), turn(100)], [turn(1)], throughput)).to.equal(3);
    expect(Number.isNaN(ratioOf([turn(3)], [], throughput))).to.equal(true);
  });
});

describe("scenarios of a comparison", () => {
  it("are documents with the same names of answers in every server's words", () => {
    const names = (query: string): string[] => {
      const found: string[] = [];
      visit(parse(query), { Field: ({ alias, name }) => void found.push(alias?.value ?? name.value) });
      return found;
    };
    for (const { query, postgraphile } of scenarios) {
      expect(names(query)).to.include.members(names(postgraphile));
      expect(names(postgraphile).length).to.be.greaterThan(0);
    }
  });

  it("are put to all servers alike, but to the bare one by its own names", () => {
    for (const scenario of scenarios) {
      const asked = serverNames.filter((name) => takesPart(scenario, name));
      expect(asked).to.include.members(["tenfold", "postgraphile", "mercurius", "yoga"]);
      expect(asked.includes("bare")).to.equal(scenario.bare);
      for (const name of asked) {
        const { path, body } = operationOf(scenario, name);
        expect(path).to.equal(name === "bare" ? `/${scenario.name}` : "/graphql");
        const { query } = JSON.parse(body) as { query: string };
        expect(query).to.equal(name === "postgraphile" ? scenario.postgraphile : scenario.query);
      }
    }
  });
});
