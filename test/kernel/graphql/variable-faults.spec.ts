import { expect } from "chai";
import { buildSchema, execute, parse } from "graphql";
import { pino } from "pino";
import { formatError } from "../../../src/kernel/graphql/format-error.js";

const schema = buildSchema(`
  input Layer { units: Int! kind: Kind }
  input Start { seed: Int name: String! layers: [[Layer!]!] }
  enum Kind { DENSE }
  type Query { start(i: Start!): Int many(ids: [Int!]!): Int }
`);

const log = pino({ level: "silent" });

/** What callers are told of each fault that graphql-js finds in real variables. */
async function faults(query: string, variableValues: Record<string, unknown>): Promise<unknown[]> {
  const { errors = [] } = await execute({
    schema,
    document: parse(query),
    variableValues,
  });
  return errors.map((error) => {
    const { extensions, message } = formatError(error, "r1", { log });
    expect(extensions?.code, message).to.equal("BAD_USER_INPUT");
    return extensions?.fields;
  });
}

const start = (i: unknown) => faults("query ($i: Start!) { start(i: $i) }", { i });
const notWhole = (value: number) => `Int cannot represent non-integer value: ${value}`;

describe("faults of variables", () => {
  it("name the field, dotted from the input", async () => {
    expect(await start({ name: "x", seed: 1.5 })).to.deep.equal([[{ path: "seed", message: notWhole(1.5) }]]);
  });

  it("name places in lists within lists, one for each fault", async () => {
    const layers = [[{ units: 1 }], [{ units: 2 }, { units: 2.5, kind: "SPARSE" }]];
    expect(await start({ name: "x", layers })).to.deep.equal([
      [{ path: "layers.1.1.units", message: notWhole(2.5) }],
      [{ path: "layers.1.1.kind", message: 'Value "SPARSE" does not exist in "Kind" enum.' }],
    ]);
  });

  it("name the field that is missing, null or unknown, not the object around it", async () => {
    expect(await start({ layers: [[{ unit: 1 }, null]] })).to.deep.equal([
      [{ path: "name", message: 'Field "name" of required type "String!" was not provided.' }],
      [{ path: "layers.0.0.units", message: 'Field "units" of required type "Int!" was not provided.' }],
      [
        {
          path: "layers.0.0.unit",
          message: 'Field "unit" is not defined by type "Layer". Did you mean "units"?',
        },
      ],
      [{ path: "layers.0.1", message: 'Expected non-nullable type "Layer!" not to be null.' }],
    ]);
  });

  it("begin with the variable's name where it is no input object", async () => {
    const query = "query ($ids: [Int!]!) { many(ids: $ids) }";
    const many = (ids: unknown) => faults(query, { ids });
    expect(await many([1, 1.5])).to.deep.equal([[{ path: "ids.1", message: notWhole(1.5) }]]);
    expect(await many(1.5)).to.deep.equal([[{ path: "ids", message: notWhole(1.5) }]]);
    const absent = 'Variable "$ids" of required type "[Int!]!" was not provided.';
    expect(await faults(query, {})).to.deep.equal([[{ path: "ids", message: absent }]]);
    const empty = 'Variable "$ids" of non-null type "[Int!]!" must not be null.';
    expect(await many(null)).to.deep.equal([[{ path: "ids", message: empty }]]);
    expect(await start("text")).to.deep.equal([
      [{ path: "i", message: 'Expected type "Start" to be an object.' }],
    ]);
  });

  it("do not take text of the value for a place", async () => {
    const value = ' at "i.name"; no';
    const message = `Int cannot represent non-integer value: ${JSON.stringify(value)}`;
    expect(await start({ name: "x", seed: value })).to.deep.equal([[{ path: "seed", message }]]);
    expect(await start(value)).to.deep.equal([
      [{ path: "i", message: 'Expected type "Start" to be an object.' }],
    ]);
  });

  it("are not made up for other faults of a request", async () => {
    expect(await faults("query ($i: Nothing) { start(i: $i) }", {})).to.deep.equal([undefined]);
  });

  it("tell what there is to choose from, where the schema is known", async () => {
    const variableValues = { i: { name: "x", layers: [[{ units: 1, kind: "SPARSE" }]] } };
    const document = parse("query ($i: Start!) { start(i: $i) }");
    const { errors = [] } = await execute({ schema, document, variableValues });
    const [shown] = errors.map((error) => formatError(error, "r1", { log, schema }));
    expect(shown?.extensions?.fields).to.deep.equal([
      {
        path: "layers.0.0.kind",
        message: 'Value "SPARSE" does not exist in "Kind" enum. Choose one of: DENSE.',
      },
    ]);
    expect(shown?.message).to.match(/Choose one of: DENSE\.$/);
  });
});
