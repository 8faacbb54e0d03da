import { expect } from "chai";
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { detachedSchema } from "../../scripts/detached-house.js";

const remedy = "say what it is in the decorator's `description`";
const operations = ["Query", "Mutation", "Subscription"];

const fieldNames = (type: GraphQLObjectType): string[] => Object.keys(type.getFields()).sort();

/** Pages have the shape that Relay's specification describes, made by one function for every list. */
const isOfAPage = (type: GraphQLNamedType): boolean =>
  isObjectType(type) &&
  ((type.name.endsWith("Connection") && fieldNames(type).join() === "edges,nodes,pageInfo,totalCount") ||
    (type.name.endsWith("Edge") && fieldNames(type).join() === "cursor,node"));

describe("descriptions in the graph", () => {
  let types: GraphQLNamedType[];
  before(async () => {
    types = Object.values((await detachedSchema()).getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
    );
    expect(types.length).to.be.greaterThan(100);
  });

  it("tell of every public type what it is", () => {
    const silent = types.filter(
      (type) => !type.description && !operations.includes(type.name) && !isOfAPage(type),
    );
    expect(
      silent.map(({ name }) => name),
      remedy,
    ).to.deep.equal([]);
  });

  it("tell of every operation what it does", () => {
    const roots = types.filter(isObjectType).filter(({ name }) => operations.includes(name));
    expect(roots).to.have.length(3);
    const silent = roots.flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${name}`),
    );
    expect(silent, remedy).to.deep.equal([]);
  });

  it("tell of every field that a caller fills in what belongs there", () => {
    const silent = types.filter(isInputObjectType).flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${name}`),
    );
    expect(silent, remedy).to.deep.equal([]);
  });
});
