import { expect } from "chai";
import { StatementNames } from "../../../../src/kernel/graphql/reads/statement-names.js";
import { later, minutes } from "../../../support/time.js";

describe("names of prepared statements", () => {
  it("are given to what comes a second time, and stay the same", () => {
    const names = new StatementNames();
    expect(names.of("select 1")).to.equal(undefined);
    const name = names.of("select 1");
    expect(name).to.match(/^read_[0-9a-f]{32}$/);
    expect(names.of("select 1")).to.equal(name);
  });

  it("are told apart by the text, and the same in every process", () => {
    const [one, other] = [new StatementNames(), new StatementNames()];
    const twice = (names: StatementNames, text: string): string | undefined => {
      names.of(text);
      return names.of(text);
    };
    expect(twice(one, "select 1")).to.not.equal(twice(one, "select 2"));
    expect(twice(one, "select 1")).to.equal(twice(other, "select 1"));
  });

  const given = (names: StatementNames, prefix: string, count: number): number => {
    let found = 0;
    for (let index = 0; index < count; index += 1) {
      names.of(`${prefix} ${index}`);
      if (names.of(`${prefix} ${index}`) !== undefined) found += 1;
    }
    return found;
  };

  it("are 300 at most in the life of a connection, however many texts come", async () => {
    const names = new StatementNames();
    expect(given(names, "first", 1_000)).to.equal(300);
    expect(given(names, "second", 100)).to.equal(0);
    expect(await later(minutes(11), async () => given(names, "third", 1_000))).to.equal(300);
  });
});
