import { expect } from "chai";
import fc from "fast-check";
import {
  type DocumentNode,
  type GraphQLSchema,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { detachedSchema } from "../../../../scripts/detached-house.js";
import { type Pools, type Query, queries } from "../../../../scripts/support/queries.js";

const pools: Pools = {
  ids: { model: ["model_1"], job: ["job_1"] },
  strangeIds: ["", "\u0000"],
  cursors: { ModelConnection: ["cursor"] },
  strangeCursors: ["forged"],
  texts: { nameContains: ["'"] },
};

describe("generated queries", () => {
  let schema: GraphQLSchema;
  let sampled: Query[];
  let documents: DocumentNode[];
  before(async () => {
    schema = await detachedSchema();
    sampled = fc.sample(
      queries(schema, pools, { often: ["evaluation", "metrics", "forecast", "candidates"], seldom: [] }),
      {
        numRuns: 3_000,
        seed: 8,
      },
    );
    documents = sampled.map(({ document }) => parse(document));
  });

  /** Every field asked for, as `Type.field`. */
  const asked = (): Set<string> => {
    const fields = new Set<string>();
    for (const document of documents) {
      const types = new TypeInfo(schema);
      const enter = (): void => {
        fields.add(`${types.getParentType()?.name}.${types.getFieldDef()?.name}`);
      };
      visit(document, visitWithTypeInfo(types, { Field: { enter } }));
    }
    return fields;
  };

  it("are valid", () => {
    for (const [index, document] of documents.entries())
      expect(validate(schema, document), sampled[index]?.document).to.deep.equal([]);
  });

  it("reach every field that a query can reach", () => {
    const fields = asked();
    const reached = new Set([...fields].map((name) => name.split(".")[0]));
    const missing = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (!reached.has(type.name) || !("getFields" in type)) return [];
      // What is measured anew each time is left out: nobody could compare it.
      return Object.values(type.getFields())
        .filter(({ extensions }) => !extensions["measured"])
        .map(({ name }) => `${type.name}.${name}`)
        .filter((name) => !fields.has(name));
    });
    expect(missing).to.deep.equal([]);
    expect(reached).to.include.all.keys("AuditVerification", "DatasetCategory", "EarlyStopping", "UsageLine");
  });

  it("have everything that makes documents hard", () => {
    const texts = sampled.map(({ document }) => document).join("\n");
    const parts = [
      "fragment MainS0",
      "fragment MainF",
      "... {",
      "... on Node",
      "@include(if: $",
      "@skip(if: true)",
    ];
    for (const part of [...parts, "__proto__:", "query Other", "first: ", ": Int = "])
      expect(texts, part).to.contain(part);
    const sent = JSON.stringify(sampled.map(({ variables }) => variables));
    for (const part of ["null", "\\u0000", "NO_SUCH"]) expect(sent, part).to.contain(part);
  });
});
