import { expect } from "chai";
import { StatementNames } from "../../../../src/kernel/graphql/reads/statement-names.js";

describe("names of prepared statements", () => {
  it("are given to what comes a second time, and stay the same", () => {
    const names = new StatementNames();
    expect(names.of("select 1")).to.equal(undefined);
    const name = names.of("select 1");
    expect(name).to.equal("read1");
    expect(names.of("select 1")).to.equal(name);
  });

  it("are not given to long texts, whose plans would fill the connections' memory", () => {
    const names = new StatementNames();
    const long = `select '${"x".repeat(32 * 1024)}'`;
    expect([names.of(long), names.of(long)]).to.deep.equal([undefined, undefined]);
  });

  it("are told apart by the text", () => {
    const names = new StatementNames();
    const twice = (text: string): string | undefined => names.of(text) ?? names.of(text);
    expect(twice("select 1")).to.not.equal(twice("select 2"));
  });

  it("are never given again, however many texts come: a connection may still know the old one", () => {
    const names = new StatementNames();
    const given = new Set<string | undefined>();
    for (let round = 0; round < 2; round += 1)
      for (let index = 0; index < 3_000; index += 1) {
        names.of(`select ${index}`);
        given.add(names.of(`select ${index}`));
      }
    // Forgotten in between, a text gets another name.
    expect(given.size).to.equal(6_000);
  });
});
