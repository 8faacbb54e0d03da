import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { WebSocket } from "ws";
import { World } from "./world.js";

/** What a careless or hostile client may send; every property ends by asking whether the server still lives. */
describe("fuzzed requests", function () {
  this.timeout(60_000);
  const world = new World();
  before(() => world.open());
  after(() => world.door.close());

  const fetched = (init: RequestInit, path = "/graphql") => fetch(`${world.door.url}${path}`, init);

  async function refusedOrAnswered(response: Response): Promise<void> {
    expect(response.status).to.be.lessThan(500);
    const body = (await response.json()) as {
      data?: unknown;
      errors?: { extensions: Record<string, unknown> }[];
    };
    expect(body).to.satisfy((value: object) => "data" in value || "errors" in value);
    for (const { extensions } of body.errors ?? []) {
      expect(extensions.code).to.be.a("string").and.not.to.equal("INTERNAL");
      expect(extensions.requestId).to.equal(response.headers.get("x-request-id"));
    }
  }

  async function alive(): Promise<void> {
    expect((await fetched({}, "/healthz")).status).to.equal(200);
    expect(
      world.lines.filter(({ msg }) => msg === "internal error" || msg === "socket message failed"),
    ).to.deep.equal([]);
  }

  const json = { "content-type": "application/json" };
  const documents = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          "{",
          "}",
          "(",
          ")",
          "...",
          "@",
          "hello",
          "query",
          "fragment",
          "on",
          ":",
          "$a",
          '"""',
          "[",
          "!",
          "mutation",
        ),
        { maxLength: 40 },
      )
      .map((words) => words.join(" ")),
  );
  const variables = fc.dictionary(fc.constantFrom("a", "input", "name", "__proto__"), fc.jsonValue());

  it("never fail for any JSON body", async () => {
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          query: fc.oneof(documents, fc.jsonValue()),
          variables: fc.oneof(variables, fc.jsonValue()),
          operationName: fc.jsonValue(),
          extensions: fc.jsonValue(),
          documentId: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        await refusedOrAnswered(await fetched({ method: "POST", headers: json, body: JSON.stringify(body) }));
      }),
      { numRuns: 400 },
    );
    await alive();
  });

  it("never fail for any document and variables of an operation", async () => {
    const known = fc.constantFrom(
      "query($name: String) { hello(name: $name) }",
      "mutation($input: PredictInput!) { predict(input: $input) }",
      "query($a: Int) { items(first: $a) { totalCount } }",
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(known, documents), variables, async (query, values) => {
        await refusedOrAnswered(
          await fetched({
            method: "POST",
            headers: json,
            body: JSON.stringify({ query, variables: values }),
          }),
        );
      }),
      { numRuns: 400 },
    );
    await alive();
  });

  it("never fail for any bytes as a body", async () => {
    const types = fc.constantFrom(
      "application/json",
      "application/json;charset=utf-8",
      "application/json; charset=x",
      "",
      "text/plain",
      ";",
      "a/b; c",
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), types, async (body, type) => {
        await refusedOrAnswered(
          await fetched({ method: "POST", headers: { "content-type": type }, body: new Uint8Array(body) }),
        );
      }),
      { numRuns: 200 },
    );
    await alive();
  });

  it("never fail for any headers and address", async () => {
    const names = fc.constantFrom(
      "accept",
      "authorization",
      "x-tenant",
      "x-request-id",
      "x-tenfold-cost",
      "idempotency-key",
      "user-agent",
      "content-encoding",
      "origin",
      "x-forwarded-for",
    );
    const value = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
    });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, value), fc.webQueryParameters(), async (headers, search) => {
        const response = await fetched({ headers }, `/graphql?${search}`);
        await refusedOrAnswered(response);
      }),
      { numRuns: 200 },
    );
    await alive();
  });

  it("never fail for bytes that are no HTTP", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = connect(world.port, "127.0.0.1");
        socket.on("error", () => undefined);
        socket
          .resume()
          .end(Buffer.concat([Buffer.from("POST /graphql HTTP/1.1\r\n"), bytes, Buffer.from("\r\n\r\n")]));
        await once(socket, "close");
      }),
      { numRuns: 200 },
    );
    await alive();
  });

  it("never fail for any messages on a socket", async () => {
    const payload = fc.record(
      {
        query: fc.oneof(documents, fc.jsonValue()),
        variables: fc.jsonValue(),
        extensions: fc.jsonValue(),
        documentId: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const type = fc.constantFrom(
      "connection_init",
      "subscribe",
      "complete",
      "ping",
      "pong",
      "next",
      "error",
      "?",
    );
    const message = fc.oneof(
      fc.record(
        { id: fc.constantFrom("1", "2", "__proto__", ""), type, payload: fc.oneof(payload, fc.jsonValue()) },
        { requiredKeys: ["type"] },
      ),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 8 }), async (messages) => {
        const socket = new WebSocket(world.url.replace("http", "ws"), ["graphql-transport-ws"]);
        socket.on("error", () => undefined);
        await once(socket, "open");
        socket.send(JSON.stringify({ type: "connection_init" }));
        for (const one of messages) socket.send(JSON.stringify(one));
        socket.close();
        await once(socket, "close");
      }),
      { numRuns: 150 },
    );
    await alive();
  });
});
