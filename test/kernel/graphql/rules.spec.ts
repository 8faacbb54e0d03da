import { expect } from "chai";
import { buildSchema, execute, parse, subscribe } from "graphql";
import { anonymous, type RequestContext, type Viewer } from "../../../src/kernel/context.js";
import {
  applyRules,
  can,
  either,
  everyone,
  operator,
  type Rule,
  type RuleMap,
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

describe("rules", () => {
  it("must cover every root field, fit the schema and not repeat, or it does not come up", () => {
    const faults: [RuleMap[], string][] = [
      [[{ ...complete, Subscription: {} }], "no rule for Subscription.told"],
      [[{ ...complete, Mutation: {} }], "no rule for Mutation.act"],
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
  });
});
