import { expect } from "chai";
import { isObjectType } from "graphql";
import { buildSchema } from "graphql";
import { detachedRooms, detachedSchema } from "../../scripts/detached-house.js";
import { applyRules, everyone, type RuleMap } from "../../src/kernel/graphql/rules.js";

const schema = () =>
  buildSchema(`
    interface Named { name: String }
    type Thing implements Named { name: String }
    type Query { thing: Thing, other: Thing }
    type Mutation { change: Thing }
    type Subscription { changes: Thing }`);

const complete: RuleMap[] = [
  { Query: { thing: everyone, other: everyone }, Mutation: { change: everyone } },
  { Subscription: { changes: everyone }, Thing: { name: everyone } },
];

const faultOf = (...maps: RuleMap[]): string => {
  try {
    applyRules(schema(), maps);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("rules of the graph", () => {
  it("stand in front of every root field of the product", async () => {
    const product = await detachedSchema();
    const roots = ["Query", "Mutation", "Subscription"].map((name) => product.getType(name));
    const fields = roots.flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
    expect(fields.length).to.be.greaterThan(40);
    expect(fields.filter(({ extensions }) => typeof extensions["rule"] !== "function")).to.deep.equal([]);
  });

  it("come up complete", () => {
    expect(faultOf(...complete)).to.equal("");
  });

  for (const [type, field] of [
    ["Query", "other"],
    ["Mutation", "change"],
    ["Subscription", "changes"],
  ] as const)
    it(`do not come up without one for ${type}.${field}`, () => {
      const holed = complete.map((map) => {
        const { [field]: _gone, ...rest } = map[type] ?? {};
        return { ...map, [type]: rest };
      });
      expect(faultOf(...holed)).to.contain(`no rule for ${type}.${field}`);
    });

  it("do not come up on an interface, which would guard nothing", () => {
    expect(faultOf(...complete, { Named: { name: everyone } })).to.contain("Named is an interface");
  });

  it("do not come up for a field or type that is not there", () => {
    expect(faultOf(...complete, { Query: { thnig: everyone } })).to.contain("no field Query.thnig");
    expect(faultOf(...complete, { Thign: { name: everyone } })).to.contain("no type Thign");
  });

  it("do not come up twice for a field, where one would silently win", () => {
    expect(faultOf(...complete, { Query: { thing: everyone } })).to.contain("two rules for Query.thing");
  });

  it("name each fault of several at once", () => {
    expect(faultOf().split("\n")).to.have.lengthOf(5);
  });

  it("are given by every room that has resolvers", () => {
    const bare = detachedRooms().filter(({ resolvers, rules }) => resolvers?.length && !rules);
    expect(bare.map(({ name }) => name)).to.deep.equal([]);
  });
});
