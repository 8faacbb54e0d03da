import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  buildSchema,
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  typeFromAST,
  validate,
} from "graphql";

const folder = "src/explorer";
const named = (place: string, ending: string) =>
  readdirSync(join(folder, place))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(place, name));
const text = (path: string) => readFileSync(join(folder, path), "utf8");
const tabs = named("journey", ".graphql");

/** What journey.ts puts in place of the dates that a file can't know. */
const filled = (json: string) => json.replaceAll(/\{\{month-(start|end)\}\}/g, "2030-01-01T00:00:00.000Z");

const operationsOf = (path: string): OperationDefinitionNode[] =>
  parse(text(path)).definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);

/** Mistakes of a tab's variables against the types that its operations declare. */
function mistakes(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  values: Record<string, unknown>,
): string[] {
  const found: string[] = [];
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const declared = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
    if (!declared) found.push(`$${variable.name.value} has an unknown type`);
    else
      coerceInputValue(values[variable.name.value], declared, (path, _value, error) =>
        found.push(`$${[variable.name.value, ...path].join(".")}: ${error.message}`),
      );
  }
  return found;
}

describe("the explorer's operations", () => {
  let schema: GraphQLSchema;
  before(() => {
    schema = buildSchema(readFileSync("schema/schema.graphql", "utf8"));
  });

  for (const path of [...tabs, ...named("operations", ".graphql")])
    it(`${path} fits the schema`, () => {
      const errors = validate(schema, parse(text(path))).map((error) => error.message);
      expect(errors).to.deep.equal([]);
    });

  for (const path of named("journey", ".json"))
    it(`${path} fills the variables that its tab declares, with values of their types`, () => {
      const values = JSON.parse(filled(text(path))) as Record<string, unknown>;
      const operations = operationsOf(path.replace(/json$/, "graphql"));
      const declared = operations.flatMap((operation) => operation.variableDefinitions ?? []);
      expect(new Set(declared.map(({ variable }) => variable.name.value))).to.deep.equal(
        new Set(Object.keys(values)),
      );
      expect(operations.flatMap((operation) => mistakes(schema, operation, values))).to.deep.equal([]);
    });
});

describe("the explorer's tabs", () => {
  it("tell the journey in order", () => {
    const titles = tabs.map((path) => operationsOf(path)[0]?.name?.value);
    const journey = [
      "WhoAmI",
      "Data",
      "Profile",
      "Model",
      "Train",
      "Watch",
      "Versions",
      "Predict",
      "Explain",
      "Search",
      "Leaderboard",
      "Usage",
      "Audit",
    ];
    expect(titles).to.deep.equal([...journey, "CreateTenant"]);
  });

  it("have variables wherever an operation needs them", () => {
    const needy = tabs.filter((path) => operationsOf(path).some((each) => each.variableDefinitions?.length));
    expect(named("journey", ".json")).to.deep.equal(needy.map((path) => path.replace(/graphql$/, "json")));
  });

  it("give every operation a name, which is its tab's title and its entry under the play button", () => {
    for (const operation of tabs.flatMap(operationsOf)) expect(operation.name?.value).to.be.a("string");
  });

  it("explain themselves in comments that a half-width editor shows unwrapped", () => {
    for (const path of tabs) {
      const comments = text(path)
        .split("\n")
        .filter((line) => line.trim().startsWith("#"));
      expect(comments.length, path).to.be.above(0);
      for (const line of comments) expect(line.length, `${path}: ${line}`).to.be.at.most(48);
    }
  });
});
