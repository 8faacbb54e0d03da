import { expect } from "chai";
import fc from "fast-check";
import { buildSchema, getOperationAST, parse } from "graphql";
import { type FieldCost, operationCost } from "../../../src/kernel/graphql/cost.js";

const schema = buildSchema(/* GraphQL */ `
  type Query {
    a: Int
    expensive: Int
    models(first: Int, last: Int): ModelConnection!
    plain(first: Int = 5): [Model!]
    search: [Result!]!
    free: Model
  }
  union Result = Model | Job
  interface Node { id: ID! }
  type Model implements Node { id: ID! name: String versions(first: Int): ModelConnection! }
  type Job implements Node { id: ID! status: String }
  type ModelConnection { nodes: [Model!]! edges: [Edge!]! totalCount: Int! pageInfo: PageInfo! }
  type Edge { node: Model! cursor: String! }
  type PageInfo { endCursor: String }
  input PredictInput { rows: [Int!]! size: Int }
  type Mutation { predict(input: PredictInput!): Prediction!  batch(input: PredictInput!): Prediction! }
  type Prediction { value: Int }
`);

function price(type: string, field: string, cost: FieldCost): void {
  const found = (schema.getType(type) as unknown as { getFields(): Record<string, object> }).getFields()[
    field
  ];
  Object.assign(found ?? {}, { extensions: { cost } });
}

price("Query", "expensive", 50);
price("Query", "free", 0);
price("Mutation", "predict", { value: 3, multiplier: "input.rows" });
price("Mutation", "batch", { multiplier: "input.size" });

function cost(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error("no operation");
  return operationCost(schema, document, operation, variables);
}

describe("operationCost", () => {
  it("counts 1 a field, its extension where it has one, and nothing for introspection", () => {
    expect(cost("{ a }")).to.equal(1);
    expect(cost("{ a b: a expensive }")).to.equal(52);
    expect(cost("{ free { id } }")).to.equal(1);
    expect(cost("{ __typename __schema { types { name } } }")).to.equal(0);
  });

  it("multiplies what stands in a connection's lists, and not what comes once", () => {
    expect(cost("{ models(first: 10) { nodes { id name } totalCount pageInfo { endCursor } } }")).to.equal(
      1 + 10 * 3 + 1 + 2,
    );
    expect(cost("{ models(first: 10) { edges { cursor node { id } } } }")).to.equal(1 + 10 * 4);
    expect(cost("{ models(last: 7) { nodes { id } } }")).to.equal(1 + 7 * 2);
  });

  it("takes 20 without first, a field's own default, and at least 1", () => {
    expect(cost("{ models { nodes { id } } }")).to.equal(1 + 20 * 2);
    expect(cost("{ plain { id } }")).to.equal(1 + 5);
    expect(cost("{ models(first: -5) { nodes { id } } }")).to.equal(3);
  });

  it("multiplies through nested connections", () => {
    const text = "{ models(first: 10) { nodes { versions(first: 5) { nodes { id } } } } }";
    expect(cost(text)).to.equal(1 + 10 * (1 + 1 + 5 * 2));
  });

  it("reads variables and their defaults", () => {
    const text = "query($n: Int = 3) { models(first: $n) { nodes { id } } }";
    expect(cost(text)).to.equal(1 + 3 * 2);
    expect(cost(text, { n: 8 })).to.equal(1 + 8 * 2);
    expect(cost("query($n: Int) { models(first: $n) { nodes { id } } }")).to.equal(1 + 20 * 2);
  });

  it("multiplies by the argument that the field names: a number, or a list's length", () => {
    expect(cost("mutation { predict(input: {rows: [1, 2, 3]}) { value } }")).to.equal(3 * (3 + 1));
    const text = "mutation($i: PredictInput!) { predict(input: $i) { value } }";
    expect(cost(text, { i: { rows: Array.from({ length: 50 }, () => 1) } })).to.equal(50 * (3 + 1));
    expect(cost("mutation { batch(input: {rows: [], size: 9}) { value } }")).to.equal(9 * (1 + 1));
    expect(cost(text, { i: null })).to.be.greaterThan(0);
  });

  it("follows fragments and counts every branch of a union", () => {
    const text = "{ search { ... on Model { id name } ...J } } fragment J on Job { status ... { id } }";
    expect(cost(text)).to.equal(1 + 4);
  });

  it("prices a fragment bomb without unfolding it", () => {
    const levels = 60;
    const fragments = Array.from(
      { length: levels },
      (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`,
    );
    expect(cost(`{ ...f0 } ${fragments.join(" ")} fragment f${levels} on Query { a }`)).to.equal(2 ** levels);
  });

  it("grows with first and never is less than the number of fields", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (one, other) => {
        const at = (first: number) => cost(`{ models(first: ${first}) { nodes { id } } }`);
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(at(less)).to.be.at.most(at(more));
        expect(at(less)).to.be.at.least(3);
      }),
    );
  });
});
