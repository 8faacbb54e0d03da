import { expect } from "chai";
import fc from "fast-check";
import { buildSchema, parse } from "graphql";
import { Documents } from "../../../src/kernel/graphql/documents.js";
import {
  brokenLimit,
  deeperThan,
  measure,
  type OperationLimits,
} from "../../../src/kernel/graphql/limits.js";

const limits: OperationLimits = { tokens: 100, depth: 4, aliases: 3, rootFields: 3, directives: 2, cost: 10 };
const facts = (text: string) => measure(parse(text));

describe("measure", () => {
  it("counts nested fields, aliases, root fields and directives", () => {
    expect(facts("{ a }")).to.deep.equal({ depth: 1, aliases: 0, rootFields: 1, directives: 0 });
    expect(facts("{ x: a { b { y: c } } d @skip(if: true) }")).to.deep.equal({
      depth: 3,
      aliases: 2,
      rootFields: 2,
      directives: 1,
    });
  });

  it("follows fragments wherever they are spread", () => {
    const found = facts(
      "{ ...F ... { e } } fragment F on Query { x: a { ...G } } fragment G on A { y: b @d }",
    );
    expect(found).to.deep.equal({ depth: 2, aliases: 2, rootFields: 2, directives: 1 });
    expect(facts("{ ...F ...F } fragment F on Query { x: a }")).to.include({ aliases: 2, rootFields: 2 });
  });

  it("ends on rings and on fragments that are not there", () => {
    expect(facts("{ ...F } fragment F on Query { a { ...F } }").depth).to.equal(1);
    expect(facts("{ ...Nowhere a }").rootFields).to.equal(1);
  });

  it("does not count below introspection, which has a rule of its own", () => {
    expect(facts("{ __schema { types { fields { type { name } } } } }").depth).to.equal(1);
  });

  it("counts directives on operations, variables and unused fragments", () => {
    expect(facts("query($a: Int @x) @y { a } fragment F on Query @z { b @w }").directives).to.equal(4);
  });

  it("takes the largest of several operations", () => {
    expect(facts("query A { a { b } } query B { x: a c d }")).to.include({
      depth: 2,
      rootFields: 3,
      aliases: 1,
    });
  });

  it("knows a doubling bomb's size without unfolding it", () => {
    const fragments = Array.from(
      { length: 2_000 },
      (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`,
    );
    const bomb = facts(`{ ...f0 } ${fragments.join(" ")} fragment f2000 on Query { x: a }`);
    expect(bomb.aliases).to.equal(Infinity);
    expect(brokenLimit(bomb, limits)?.extensions.limit).to.include({ value: Number.MAX_SAFE_INTEGER });
  });

  it("agrees with how deep a query was built", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (depth) => {
        expect(facts(`{ a ${"{ a ".repeat(depth - 1)}${"} ".repeat(depth - 1)}}`).depth).to.equal(depth);
      }),
    );
  });
});

describe("brokenLimit", () => {
  it("is null within the limits and names the first one broken", () => {
    expect(brokenLimit(facts("{ a b c }"), limits)).to.equal(null);
    const broken = brokenLimit(facts("{ a b c d }"), limits);
    expect(broken?.extensions).to.deep.equal({
      code: "BAD_USER_INPUT",
      limit: { name: "rootFields", value: 4, maximum: 3 },
    });
  });
});

describe("deeperThan", () => {
  it("compares the nesting of values", () => {
    expect(deeperThan(1, 0)).to.equal(false);
    expect(deeperThan({ a: [1] }, 2)).to.equal(false);
    expect(deeperThan({ a: [{}] }, 2)).to.equal(true);
    expect(deeperThan(null, 0)).to.equal(false);
  });
});

describe("Documents", () => {
  const documents = new Documents(buildSchema("type Query { a: Query b: Int }"), limits);

  it("reads a text once, whether it is good or not", () => {
    for (const text of ["{ b }", "{", "{ c }"]) expect(documents.get(text)).to.equal(documents.get(text));
    expect(documents.get("{ b }").document?.kind).to.equal("Document");
  });

  it("tells syntax, validation and limits apart by their sentences", () => {
    const message = (text: string) => documents.get(text).errors?.[0]?.message;
    expect(message("{")).to.include("Syntax Error");
    expect(message("{ c }")).to.include('"c"');
    expect(message('{ "tokens" }')).to.include("Syntax Error");
    expect(message(`{ ${"b ".repeat(101)} }`)).to.include("too long");
    expect(message("{ a { a { a { a { b } } } } }")).to.include("deep");
  });

  it("survives nesting that overflows the parser's stack", () => {
    const roomy = new Documents(buildSchema("type Query { a: Query }"), { ...limits, tokens: 10_000_000 });
    expect(roomy.get("{ a ".repeat(200_000)).errors?.[0]?.extensions.code ?? "syntax").to.equal(
      "BAD_USER_INPUT",
    );
  });
});
