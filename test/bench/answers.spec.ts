import { expect } from "chai";
import fc from "fast-check";
import { dataOf, difference, flattened } from "../../scripts/bench/graphql/answers.js";

describe("answers of different servers", () => {
  it("agree on an instant however it is written", () => {
    const written = [
      "2026-01-01T03:23:00.203Z",
      "2026-01-01T03:23:00.203000+00:00",
      "2026-01-01 03:23:00.203+00",
      "2026-01-01T05:23:00.203+02:00",
    ];
    expect(new Set(written.map((text) => flattened(text)))).to.have.lengthOf(1);
    expect(flattened("2026-01-01 03:23:00.2+00")).not.to.equal(flattened(written[0] ?? ""));
  });

  it("leave text alone that only resembles an instant", () => {
    for (const text of ["2026-01-01", "1.0.0", "at 2026-01-01T03:23:00Z", "2026-13-41T99:00:00Z"])
      expect(flattened(text)).to.equal(text);
  });

  it("agree on the newest of many, alone or as a list of one, and on none", () => {
    const job = { id: "job_1", status: "SUCCEEDED" };
    expect(flattened({ latestTrainingJob: [job] })).to.deep.equal({ latestTrainingJob: job });
    expect(flattened({ latestTrainingJob: [] })).to.deep.equal({ latestTrainingJob: null });
    expect(flattened({ latestTrainingJob: null })).to.deep.equal({ latestTrainingJob: null });
    // Any other list stays one: a page of one is not its only row.
    expect(flattened({ nodes: [job] })).to.deep.equal({ nodes: [job] });
  });

  it("do not depend on the order of fields but on that of rows", () => {
    expect(difference(flattened({ a: 1, b: 2 }), flattened({ b: 2, a: 1 }))).to.equal(null);
    expect(difference([1, 2], [2, 1])).to.equal("answer.0: 1 is not 2");
  });

  it("differ with the place that differs first", () => {
    const ours = {
      models: {
        nodes: [
          { id: "a", owner: null },
          { id: "b", owner: { name: "B" } },
        ],
      },
    };
    const theirs = {
      models: {
        nodes: [
          { id: "a", owner: null },
          { id: "b", owner: { name: "C" } },
        ],
      },
    };
    expect(difference(ours, theirs)).to.equal('answer.models.nodes.1.owner.name: "B" is not "C"');
  });

  it("differ where one has a row, a field or a value that the other lacks", () => {
    expect(difference([1], [1, 2])).to.equal("answer.1: null is not 2");
    expect(difference({ a: 1, b: "x" }, { a: 1 })).to.equal('answer.b: "x" is not null');
    expect(difference({ a: { b: 1 } }, { a: null })).to.equal('answer.a: {"b":1} is not null');
    expect(difference("1", 1)).to.equal('answer: "1" is not 1');
  });

  it("agree with themselves after a way through JSON, and differ from what is not the same", () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as never);
    fc.assert(fc.property(json, (value) => difference(value, structuredClone(value)) === null));
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(), (values, place) => {
        const changed = values.with(place % values.length, (values[place % values.length] ?? 0) + 1);
        return difference(values, changed) !== null;
      }),
    );
  });

  it("are data without errors, or no answer to be timed", () => {
    expect(dataOf('{"data":{"a":"2026-01-01 00:00:00+00"}}')).to.deep.equal({
      a: "2026-01-01T00:00:00.000Z",
    });
    expect(() => dataOf('{"data":null}')).to.throw("null");
    expect(() => dataOf('{"errors":[{"message":"No."}],"data":{"a":1}}')).to.throw("No.");
    expect(() => dataOf("<html>")).to.throw(SyntaxError);
  });
});
