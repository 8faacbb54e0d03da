import { expect } from "chai";
import { buildSchema, execute, OperationTypeNode, parse, subscribe } from "graphql";
import { anonymous, type RequestContext, type Viewer } from "../../../src/kernel/context.js";
import { Unauthenticated } from "../../../src/kernel/errors.js";
import {
  applyRules,
  can,
  either,
  everyone,
  operator,
  type Rule,
  type RuleMap,
  refusalOf,
  signedIn,
} from "../../../src/kernel/graphql/rules.js";

const sdl = `
  interface Thing { id: ID }
  type Item implements Thing { id: ID secret: String }
  type Query { open: String item: Item }
  type Mutation { act: String }
  type Subscription { told: String }`;

const complete: RuleMap = {
  Query: { open: everyone, item: signedIn },
  Mutation: { act: can("model:create") },
  Subscription: { told: signedIn },
};

const contextOf = (viewer: Partial<Viewer>, inTenant = false): RequestContext =>
  ({ viewer: { ...anonymous, ...viewer }, tenant: inTenant ? {} : null }) as unknown as RequestContext;

const codeOf = (rule: Rule, context: RequestContext): string | true => {
  const verdict = rule(context);
  return verdict === true ? true : verdict.code;
};

/** Allows a part of the rows, which a field that reads none by declaration cannot keep to. */
const ofSomeRows: Rule = Object.assign((): true => true, { rows: () => [] });

describe("rules", () => {
  it("must cover every root field, fit the schema and not repeat, or it does not come up", () => {
    const faults: [RuleMap[], string][] = [
      [[{ ...complete, Subscription: {} }], "no rule for Subscription.told"],
      [[{ ...complete, Mutation: {} }], "no rule for Mutation.act"],
      [
        [{ ...complete, Query: { ...complete.Query, open: ofSomeRows } }],
        "Query.open reads no rows by id or by page",
      ],
      [[complete, { Query: { open: everyone } }], "two rules for Query.open"],
      [[complete, { Query: { opne: everyone } }], "no field Query.opne"],
      [[complete, { Thing: { id: everyone } }], "Thing is an interface"],
      [[complete, { Nothing: { id: everyone } }], "no type Nothing"],
    ];
    for (const [maps, message] of faults) expect(() => applyRules(buildSchema(sdl), maps)).to.throw(message);
    expect(() => applyRules(buildSchema(sdl), [{ Query: {} }])).to.throw(
      /Query\.open[^]*Query\.item[^]*Mutation\.act/,
    );
    expect(() => applyRules(buildSchema(sdl), [complete])).to.not.throw();
  });

  it("that grant some rows stand only where rows are narrowed, and make no alternative", () => {
    const own: Rule = Object.assign(() => true as const, { rows: () => [] });
    expect(() =>
      applyRules(buildSchema(sdl), [{ ...complete, Query: { open: own, item: signedIn } }]),
    ).to.throw("Query.open reads no rows");
    expect(() => either(own, signedIn)).to.throw("one rule");
    expect(() => either(signedIn, own)).to.throw("one rule");
  });

  it("decide before the resolver runs", async () => {
    const schema = buildSchema(sdl);
    applyRules(schema, [complete, { Item: { secret: can("model:read") } }]);
    let acted = 0;
    const rootValue = { act: () => (acted += 1), item: { id: "1", secret: "s" } };
    const run = (document: string, contextValue: RequestContext) =>
      execute({ schema, document: parse(document), rootValue, contextValue });
    const refused = await run("mutation { act }", contextOf({ kind: "user" }, true));
    expect(refused.errors?.[0]?.extensions.code).to.equal("FORBIDDEN");
    expect(acted).to.equal(0);
    await run("mutation { act }", contextOf({ kind: "user", permissions: new Set(["model:create"]) }, true));
    expect(acted).to.equal(1);
    const nested = await run("{ item { id secret } }", contextOf({ kind: "user" }, true));
    expect(nested.data).to.deep.equal({ item: { id: "1", secret: null } });
    expect(nested.errors?.[0]?.path).to.deep.equal(["item", "secret"]);
  });

  it("stand before the source of a subscription, not only before its events", async () => {
    const schema = buildSchema(sdl);
    let opened = 0;
    const field = schema.getSubscriptionType()?.getFields().told;
    if (field)
      field.subscribe = async function* () {
        opened += 1;
        yield { told: "news" };
      };
    applyRules(schema, [complete]);
    const listen = (contextValue: RequestContext) =>
      subscribe({ schema, document: parse("subscription { told }"), contextValue });
    const refused = await listen(contextOf({}));
    expect(refused).to.have.nested.property("errors[0].extensions.code", "UNAUTHENTICATED");
    expect(opened).to.equal(0);
    const heard = await listen(contextOf({ kind: "user" }));
    if (!(Symbol.asyncIterator in heard)) throw new Error("It was refused.");
    expect((await heard.next()).value).to.deep.equal({ data: { told: "news" } });
  });

  it("know who is who", () => {
    const holder = { permissions: new Set(["model:read"]) };
    const nobody = contextOf({});
    const person = contextOf({ kind: "user", ...holder }, true);
    const lesser = contextOf({ kind: "user" }, true);
    const key = contextOf({ kind: "apiKey", ...holder }, true);
    const theOperator = contextOf({ kind: "operator", ...holder });
    const table: [Rule, (string | true)[]][] = [
      [everyone, [true, true, true, true, true]],
      [signedIn, ["UNAUTHENTICATED", true, true, true, true]],
      [can("model:read"), ["UNAUTHENTICATED", true, "FORBIDDEN", true, "FORBIDDEN"]],
      [operator, ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", true]],
      [either(operator, can("model:read")), ["UNAUTHENTICATED", true, "FORBIDDEN", true, true]],
    ];
    for (const [rule, verdicts] of table)
      expect(
        [nobody, person, lesser, key, theOperator].map((context) => codeOf(rule, context)),
      ).to.deep.equal(verdicts);
    expect(either(operator, can("model:read")).permission).to.equal("model:read");
    expect(either(can("model:read"), operator).permission).to.equal("model:read");
    expect(either(operator, signedIn).permission).to.equal(undefined);
  });

  it("are complete for a schema that has neither mutations nor subscriptions", () => {
    expect(() => applyRules(buildSchema("type Query { open: String }"), [])).to.throw("Query.open");
    expect(() =>
      applyRules(buildSchema("type Query { open: String }"), [{ Query: { open: everyone } }]),
    ).to.not.throw();
  });

  describe("for refused credentials", () => {
    const refusal = new Unauthenticated("The key was left at home.");
    const refused = contextOf({ refusal });
    const schema = buildSchema(sdl);
    /** As lenient as a rule can be without being the one for everyone. */
    const lenient: Rule = () => true;
    applyRules(schema, [{ ...complete, Mutation: { act: lenient } }, { Item: { secret: lenient } }]);

    it("open what is open to everyone, and answer the refusal itself everywhere else", async () => {
      const rootValue = { open: "open", act: () => expect.fail("It ran."), item: { id: "1" } };
      const run = (document: string) =>
        execute({ schema, document: parse(document), rootValue, contextValue: refused });
      expect(await run("{ open }")).to.deep.equal({ data: { open: "open" } });
      const answer = await run("{ open item { id } }");
      expect(answer.data).to.deep.equal({ open: "open", item: null });
      expect(answer.errors?.[0]?.originalError).to.equal(refusal);
      expect((await run("mutation { act }")).errors?.[0]?.originalError).to.equal(refusal);
    });

    it("refuse a document that asks for more, or for nothing that has a rule, as a whole", () => {
      const verdict = (text: string, context = refused, type = OperationTypeNode.QUERY) =>
        refusalOf(schema, parse(text), context, type);
      expect(verdict("{ open __typename }")).to.equal(null);
      for (const text of [
        "{ __typename }",
        "{ item { id } }",
        "{ open item { id } }",
        "{ __schema { description } }",
      ])
        expect(verdict(text), text).to.equal(refusal);
      expect(verdict("mutation { act }", refused, OperationTypeNode.MUTATION)).to.equal(refusal);
      expect(verdict("{ open }", refused, OperationTypeNode.MUTATION)).to.equal(null);
    });

    it("and for none, a query is refused field by field and a mutation as a whole", () => {
      const strict = buildSchema(sdl);
      applyRules(strict, [complete]);
      const verdict = (text: string, type: OperationTypeNode) =>
        refusalOf(strict, parse(text), contextOf({}), type);
      expect(verdict("{ __typename }", OperationTypeNode.QUERY)).to.equal(null);
      expect(verdict("{ item { id } }", OperationTypeNode.QUERY)).to.equal(null);
      expect(verdict("mutation { act }", OperationTypeNode.MUTATION)?.code).to.equal("UNAUTHENTICATED");
    });
  });
});
