import { expect } from "chai";
import { getIntrospectionQuery } from "graphql";
import { sha256 } from "../../../src/kernel/crypto.js";
import { codesOf, post, World } from "./world.js";

describe("operations over HTTP", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.door.close());

  const ask = (query: string, variables = {}, headers = {}) => post(world.url, { query, variables }, headers);
  const limitOf = ({ body }: Awaited<ReturnType<typeof post>>) =>
    body.errors?.[0]?.extensions.limit as { name: string; value: number; maximum: number } | undefined;

  describe("requests", () => {
    it("answers a query with its variables", async () => {
      const { body } = await ask("query Greet($name: String!) { hello(name: $name) }", { name: "Ada" });
      expect(body).to.deep.equal({ data: { hello: "Hello, Ada!" } });
    });

    it("picks the operation by name, and says so when it can't", async () => {
      const query = "query A { hello } query B { secret: hello }";
      expect((await post(world.url, { query, operationName: "B" })).body.data).to.have.key("secret");
      expect(codesOf(await post(world.url, { query }))).to.deep.equal(["BAD_USER_INPUT"]);
      expect(codesOf(await post(world.url, { query, operationName: "C" }))).to.deep.equal(["BAD_USER_INPUT"]);
    });

    it("runs queries by GET, but neither mutations nor subscriptions", async () => {
      const get = (query: string) => fetch(`${world.url}?query=${encodeURIComponent(query)}`);
      expect(await (await get("{ hello }")).json()).to.deep.equal({ data: { hello: "Hello, world!" } });
      const before = world.increments;
      const refused = await get("mutation { increment }");
      expect(refused.status).to.equal(405);
      expect(refused.headers.get("allow")).to.equal("POST");
      expect(world.increments).to.equal(before);
      const body = (await (await get("subscription { count(to: 1) }")).json()) as {
        errors: { message: string }[];
      };
      expect(body.errors[0]?.message).to.include("WebSocket");
    });

    it("refuses a batch with a sentence", async () => {
      const answer = await post(world.url, [{ query: "{ hello }" }, { query: "{ hello }" }]);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors?.[0]?.message).to.include("one operation");
    });

    it("gives the context the facts of the request", async () => {
      const { body } = await ask(
        "{ facts { host tenantSlug token idempotencyKey requestId } }",
        {},
        {
          authorization: "Bearer t0ken",
          "x-tenant": "acme",
          "idempotency-key": "k1",
          "x-request-id": "mine-1",
        },
      );
      const facts = {
        host: "127.0.0.1",
        tenantSlug: "acme",
        token: "t0ken",
        idempotencyKey: "k1",
        requestId: "mine-1",
      };
      expect(body.data?.facts).to.deep.equal(facts);
    });

    it("uses statuses only in the new media type", async () => {
      const expired = { authorization: "Bearer expired" };
      const old = await ask("{ hello }", {}, expired);
      expect([old.status, codesOf(old)]).to.deep.equal([200, ["UNAUTHENTICATED"]]);
      const accept = { ...expired, accept: "application/graphql-response+json" };
      expect((await ask("{ hello }", {}, accept)).status).to.equal(401);
      expect((await ask("{ hello }", {}, { ...accept, authorization: "Bearer suspended" })).status).to.equal(
        403,
      );
      expect((await ask("{ hello }", {}, { ...accept, authorization: "Bearer broken" })).status).to.equal(
        500,
      );
    });
  });

  describe("limits", () => {
    const nested = (levels: number) =>
      `{ node { id } items { nodes ${"{ friend ".repeat(levels)}{ id }${" }".repeat(levels)} } }`;
    const doubling = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `fragment f${i} on Item { a${i}: friend { ...f${i + 1} } b${i}: friend { ...f${i + 1} } }`,
      );

    const bombs: Record<string, [query: string, limit: string]> = {
      "a deep query": [nested(9), "depth"],
      "a query 300 levels deep": [nested(300), "depth"],
      "a hundred aliased sign-ins": [
        `mutation { ${Array.from({ length: 100 }, (_, i) => `a${i}: signIn(email: "a")`).join(" ")} }`,
        "rootFields",
      ],
      "a thousand aliased sign-ins": [
        `mutation { ${Array.from({ length: 1_000 }, (_, i) => `a${i}: signIn(email: "a")`).join(" ")} }`,
        "tokens",
      ],
      "root fields hidden in a fragment": [
        `{ ...a ...a ...a } fragment a on Query { hello x: hello y: hello z: hello }`,
        "rootFields",
      ],
      "aliases below the root": [
        `{ items { nodes { ${Array.from({ length: 16 }, (_, i) => `a${i}: id`).join(" ")} } } }`,
        "aliases",
      ],
      "a fragment bomb that doubles 30 times": [
        `{ items(first: 1) { nodes { ...f0 } } } ${doubling(30).join(" ")} fragment f30 on Item { id }`,
        "aliases",
      ],
      "directives by the hundred": [`{ hello ${"@skip(if: false) ".repeat(100)} }`, "directives"],
      "directives on a variable": [`query($a: Int ${"@x ".repeat(21)}) { hello }`, "directives"],
      "a document of 10,000 tokens": [`{ ${"hello ".repeat(10_000)} }`, "tokens"],
      "a list of lists": ["{ items(first: 100) { nodes { items(first: 100) { nodes { id } } } } }", "cost"],
    };

    for (const [what, [query, name]] of Object.entries(bombs)) {
      it(`refuses ${what} by its ${name}`, async () => {
        const answer = await ask(query);
        expect(codesOf(answer)).to.deep.equal(["BAD_USER_INPUT"]);
        expect(answer.body).not.to.have.property("data");
        const limit = limitOf(answer);
        expect(limit?.name).to.equal(name);
        expect(limit?.value).to.be.greaterThan(limit?.maximum ?? Infinity);
      });
    }

    it("refuses fragments in a ring without running after them", async () => {
      const ring =
        "{ node { ...a } } fragment a on Item { friend { ...b } } fragment b on Item { friend { ...a } }";
      const answer = await ask(ring);
      expect(codesOf(answer)).to.include("BAD_USER_INPUT");
      expect(answer.body.errors?.[0]?.message).to.include("itself");
    });

    it("refuses lists and objects of variables nested without end", async () => {
      let row: object = {};
      for (let level = 0; level < 2_000; level++) row = { inner: row };
      const answer = await ask("mutation($input: PredictInput!) { predict(input: $input) }", {
        input: { rows: [row] },
      });
      expect(codesOf(answer)).to.deep.equal(["BAD_USER_INPUT"]);
      expect(answer.body.errors?.[0]?.message).to.include("nested");
    });

    it("stops at the tenth error of a wrong document", async () => {
      const fields = Array.from({ length: 200 }, (_, index) => `no${index}`).join(" ");
      const { body } = await ask(`{ node { ${fields} } }`);
      expect(body.errors?.length).to.equal(11);
      expect(body.errors?.at(-1)?.message).to.include("Too many");
    });

    it("lets the tools' introspection through", async () => {
      const { body } = await ask(getIntrospectionQuery());
      expect(body.errors).to.equal(undefined);
      expect(body.data).to.have.key("__schema");
    });

    it("tells the cost when asked, and counts variables", async () => {
      const query = "query($first: Int) { items(first: $first) { totalCount nodes { id name } } }";
      const cost = async (first?: number) =>
        (await ask(query, { first }, { "x-tenfold-cost": "1" })).body.extensions?.cost;
      expect(await cost(10)).to.equal(2 + 10 * 3);
      expect(await cost()).to.equal(2 + 20 * 3);
      expect((await ask(query, { first: 10 })).body).not.to.have.property("extensions");
      const over = await ask(query, { first: 100_000 });
      expect(limitOf(over)).to.deep.equal({ name: "cost", value: 300_002, maximum: 1_000 });
    });
  });

  describe("registered operations", () => {
    const text = "query Who($name: String) { hello(name: $name) }";
    const name = { name: "Bo" };
    const greeting = { hello: "Hello, Bo!" };
    let documentId: string;
    before(() => {
      documentId = world.register(text);
    });

    it("runs by documentId and by the hash among the extensions", async () => {
      expect((await post(world.url, { documentId, variables: name })).body.data).to.deep.equal(greeting);
      const extensions = { persistedQuery: { version: 1, sha256Hash: documentId.slice(7) } };
      expect((await post(world.url, { extensions, variables: name })).body.data).to.deep.equal(greeting);
    });

    it("runs by GET", async () => {
      const search = new URLSearchParams({ documentId, variables: JSON.stringify(name) });
      expect(await (await fetch(`${world.url}?${search.toString()}`)).json()).to.deep.equal({
        data: greeting,
      });
      const other = new URLSearchParams({
        extensions: JSON.stringify({ persistedQuery: { sha256Hash: documentId.slice(7) } }),
      });
      expect(await (await fetch(`${world.url}?${other.toString()}`)).json()).to.deep.equal({
        data: { hello: "Hello, world!" },
      });
    });

    it("registers nothing by itself", async () => {
      const query = "{ hello }";
      const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
      expect((await post(world.url, { query, extensions })).status).to.equal(400);
      const unknown = await post(world.url, { extensions });
      expect(unknown.body.errors?.[0]?.extensions).to.include({
        code: "NOT_FOUND",
        reason: "PERSISTED_OPERATION_NOT_FOUND",
      });
    });

    it("refuses an id that is none", async () => {
      for (const wrong of ["sha256:abc", "md5:00", 7, {}]) {
        expect(codesOf(await post(world.url, { documentId: wrong }))).to.deep.equal(["BAD_USER_INPUT"]);
      }
    });

    it("allows nothing else where the context says so, introspection neither", async () => {
      const locked = { authorization: "Bearer locked" };
      expect((await post(world.url, { documentId }, locked)).body.data).to.deep.equal({
        hello: "Hello, world!",
      });
      for (const query of [text, "{ __schema { types { name } } }", "{ hello }"]) {
        expect(codesOf(await ask(query, {}, locked))).to.deep.equal(["PERSISTED_OPERATION_REQUIRED"]);
      }
    });

    it("holds registered operations to the same limits", async () => {
      const bomb = world.register("{ items(first: 100) { nodes { items(first: 100) { nodes { id } } } } }");
      expect(limitOf(await post(world.url, { documentId: bomb }))?.name).to.equal("cost");
    });
  });

  describe("errors", () => {
    const fail = (kind: string) =>
      ask("query($kind: String!) { fail(kind: $kind) }", { kind }, { "x-request-id": `r-${kind}` });

    it("passes what is meant for the caller, with the request id", async () => {
      const { body } = await fail("known");
      expect(body.data).to.deep.equal({ fail: null });
      expect(body.errors?.[0]).to.deep.include({ message: "Twice the same.", path: ["fail"] });
      const fields = [{ path: "name", message: "taken" }];
      expect(body.errors?.[0]?.extensions).to.deep.equal({ code: "CONFLICT", fields, requestId: "r-known" });
    });

    it("masks the rest and logs it with its stack, but without parameters", async () => {
      for (const kind of ["unknown", "text"]) {
        const { body } = await fail(kind);
        expect(body.errors?.[0]?.extensions).to.deep.equal({ code: "INTERNAL", requestId: `r-${kind}` });
        expect(JSON.stringify(body)).not.to.include("hunter2").and.not.to.include("just text");
      }
      const line = world.lines.find(
        (entry) => entry.msg === "internal error" && entry.requestId === "r-unknown",
      );
      expect(line).to.have.nested.property("error.stack").that.includes("world");
    });

    it("calls a lost database unavailable, and maps constraints where told how", async () => {
      expect(codesOf(await fail("database"))).to.deep.equal(["UNAVAILABLE"]);
      expect((await fail("constraint")).body.errors?.[0]?.message).to.equal("Name taken.");
      expect(JSON.stringify(world.lines)).not.to.include('"hunter2"');
    });

    it("blames syntax, fields and variables on the request", async () => {
      for (const query of ["{", "{ nothing }", "query($a: Int!) { hello }", "mutation { predict }"]) {
        const { body } = await ask(query);
        expect(body.errors?.[0]?.extensions).to.include({ code: "BAD_USER_INPUT" });
        expect(body.errors?.[0]?.extensions.requestId).to.be.a("string");
      }
      const coerced = await ask("mutation($i: PredictInput!) { predict(input: $i) }", {
        i: { rows: [{ values: ["x"] }] },
      });
      expect(codesOf(coerced)).to.deep.equal(["BAD_USER_INPUT"]);
      const missing = await ask("query($kind: String) { fail(kind: $kind) }");
      expect(codesOf(missing)).to.deep.equal(["BAD_USER_INPUT"]);
    });
  });

  describe("reports", () => {
    it("logs one line a request, without variables, headers or tokens", async () => {
      await ask(
        "query Named($name: String) { hello(name: $name) }",
        { name: "canary" },
        { authorization: "Bearer canary", "x-request-id": "logged" },
      );
      const line = await until(() => world.lines.find((entry) => entry.requestId === "logged"));
      expect(line).to.include({
        method: "POST",
        route: "/graphql",
        status: 200,
        operation: "Named",
        type: "query",
        tenantId: "tenant_1",
      });
      expect(line?.codes).to.deep.equal([]);
      expect(JSON.stringify(world.lines)).not.to.include("canary");
    });

    it("counts operations by type and root field, and errors by code", async () => {
      await ask("{ hello }");
      await ask("{ nothing }");
      const text = await (await fetch(`${world.door.url}/metrics`)).text();
      expect(text).to.match(
        /graphql_operation_duration_seconds_count\{type="query",field="hello",outcome="ok"\} [1-9]/,
      );
      expect(text).to.match(/graphql_errors_total\{code="BAD_USER_INPUT"\} [1-9]/);
      expect(text).to.match(
        /http_request_duration_seconds_count\{method="POST",route="\/graphql",status="200"\} [1-9]/,
      );
      expect(text).to.include("nodejs_eventloop_lag_seconds");
      expect(text).not.to.include("nothing");
    });
  });
});

/** The log line is written after the answer has left. */
async function until<T>(find: () => T | undefined): Promise<T | undefined> {
  for (let turn = 0; turn < 200 && find() === undefined; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return find();
}
