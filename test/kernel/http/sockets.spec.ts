import { once } from "node:events";
import { expect } from "chai";
import { type Client, createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { codesOf, World } from "./world.js";

type Event = { data?: unknown; errors?: readonly { extensions?: Record<string, unknown> }[] };

const protocol = "graphql-transport-ws";

describe("GraphQL over WebSocket", () => {
  const world = new World({
    allowedHosts: (host) => host === "api.example.com",
    corsOrigins: ["https://app.example.com"],
    socket: { operations: 3, initTimeoutMs: 200 },
  });
  const clients: Client[] = [];
  before(() => world.open());
  after(() => world.door.close());
  afterEach(() => clients.splice(0).forEach((client) => void client.dispose()));

  const url = () => world.url.replace("http", "ws");

  function client(connectionParams: Record<string, unknown> = {}): Client {
    const made = createClient({
      url: url(),
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
      lazy: true,
    });
    clients.push(made);
    return made;
  }

  /** All events of an operation, or what ended it: a list of errors or a close event. */
  async function collect(
    on: Client,
    payload: Record<string, unknown>,
  ): Promise<{ events: Event[]; ended?: unknown }> {
    const events: Event[] = [];
    return new Promise((resolve) =>
      on.subscribe(payload as unknown as { query: string }, {
        next: (event) => void events.push(event as Event),
        error: (ended) => resolve({ events, ended }),
        complete: () => resolve({ events }),
      }),
    );
  }

  const codes = (ended: unknown): unknown[] => codesOf({ body: { errors: ended as [] } });

  /** A socket without a client library, for what clients never do. */
  async function bare(headers = {}, protocols: string[] = [protocol]): Promise<WebSocket> {
    const socket = new WebSocket(url(), protocols, { headers });
    await once(socket, "open");
    return socket;
  }

  const refusal = async (headers: Record<string, string>): Promise<number> => {
    const socket = new WebSocket(url(), [protocol], { headers });
    const [, response] = await once(socket, "unexpected-response");
    socket.on("error", () => undefined).terminate();
    return response.statusCode;
  };

  const closing = async (socket: WebSocket): Promise<[code: number, reason: string]> => {
    const [code, reason] = await once(socket, "close");
    return [code, String(reason)];
  };

  const init = (payload: Record<string, unknown> = {}) =>
    JSON.stringify({ type: "connection_init", payload });

  async function acknowledged(token: string): Promise<WebSocket> {
    const socket = await bare();
    socket.send(init({ authorization: `Bearer ${token}` }));
    await once(socket, "message");
    return socket;
  }

  describe("operations", () => {
    it("run as over HTTP: queries, mutations and subscriptions", async () => {
      const on = client();
      expect((await collect(on, { query: "{ hello }" })).events).to.deep.equal([
        { data: { hello: "Hello, world!" } },
      ]);
      const before = world.increments;
      await collect(on, { query: "mutation { increment }" });
      expect(world.increments).to.equal(before + 1);
      const { events } = await collect(on, { query: "subscription { count(to: 3) }" });
      expect(events).to.deep.equal([1, 2, 3].map((count) => ({ data: { count } })));
    });

    it("take credentials and tenant from connection_init, else from the upgrade", async () => {
      const query = "{ facts { token tenantSlug host } }";
      const { events } = await collect(client({ authorization: "Bearer inside", "x-tenant": "acme" }), {
        query,
      });
      expect(events[0]?.data).to.deep.equal({
        facts: { token: "inside", tenantSlug: "acme", host: "127.0.0.1" },
      });
      const socket = await bare({ authorization: "Bearer outside", "x-tenant": "beta" });
      socket.send(init());
      await once(socket, "message");
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query } }));
      const [message] = await once(socket, "message");
      expect(JSON.parse(String(message)).payload.data.facts).to.include({
        token: "outside",
        tenantSlug: "beta",
      });
      socket.close();
    });

    it("keep the same limits and codes", async () => {
      const on = client();
      const deep = `{ node { id } items { nodes ${"{ friend ".repeat(9)}{ id }${" }".repeat(9)} } }`;
      const { ended } = await collect(on, { query: deep });
      expect(codes(ended)).to.deep.equal(["BAD_USER_INPUT"]);
      expect(
        (await collect(on, { query: '{ fail(kind: "unknown") }' })).events[0]?.errors?.[0]?.extensions?.code,
      ).to.equal("INTERNAL");
      expect(codes((await collect(on, { query: "{ nothing }" })).ended)).to.deep.equal(["BAD_USER_INPUT"]);
    });

    it("run registered documents by id, and nothing else where locked", async () => {
      const documentId = world.register("{ hello }");
      const on = client({ authorization: "Bearer locked" });
      expect((await collect(on, { query: "", documentId })).events).to.deep.equal([
        { data: { hello: "Hello, world!" } },
      ]);
      expect(codes((await collect(on, { query: "{ hello }" })).ended)).to.deep.equal([
        "PERSISTED_OPERATION_REQUIRED",
      ]);
    });

    it("may leave the text out, which the client library can't", async () => {
      const documentId = world.register("{ hello }");
      const socket = await acknowledged("bare");
      const payloads = [
        { documentId },
        { extensions: { persistedQuery: { sha256Hash: documentId.slice(7) } } },
      ];
      const answers: unknown[] = [];
      socket.on("message", (message) => {
        const { type, payload } = JSON.parse((message as Buffer).toString());
        if (type === "next") answers.push(payload);
      });
      for (const [id, payload] of payloads.entries()) {
        socket.send(JSON.stringify({ id: `${id}`, type: "subscribe", payload }));
      }
      await until(() => answers.length === 2);
      expect(answers).to.deep.equal([
        { data: { hello: "Hello, world!" } },
        { data: { hello: "Hello, world!" } },
      ]);
      socket.close();
    });

    it("are bounded in number on one socket", async () => {
      const on = client();
      for (let index = 0; index < 3; index++) on.subscribe({ query: "subscription { endless }" }, ignore);
      expect(codes((await collect(on, { query: "subscription { endless }" })).ended)).to.deep.equal([
        "RATE_LIMITED",
      ]);
    });
  });

  describe("credentials", () => {
    it("are renewed for every event", async () => {
      const on = client();
      const events: Event[] = [];
      on.subscribe(
        { query: "subscription { endless }" },
        { ...ignore, next: (event) => void events.push(event as Event) },
      );
      await until(() => world.events.listenerCount("event") > 0);
      for (let count = 1; count <= 3; count++) {
        world.events.emit("event");
        await until(() => events.length === count);
      }
      const generations = events.map(({ data }) => (data as { endless: number }).endless);
      expect(new Set(generations).size).to.equal(3);
    });

    it("that end stop the stream with UNAUTHENTICATED and free its source", async () => {
      const on = client({ authorization: "Bearer leaving" });
      const result = collect(on, { query: "subscription { endless }" });
      await until(() => world.events.listenerCount("event") > 0);
      world.revoked.add("leaving");
      world.events.emit("event");
      const { events, ended } = await result;
      expect(events).to.deep.equal([]);
      expect(codes(ended)).to.deep.equal(["UNAUTHENTICATED"]);
      await until(() => world.events.listenerCount("event") === 0);
    });

    it("that are revoked close the socket at once, with the reason", async () => {
      const socket = await acknowledged("watched");
      const closed = closing(socket);
      world.closers.get("watched")?.("UNAUTHENTICATED: The session was signed out.");
      expect(await closed).to.deep.equal([4403, "UNAUTHENTICATED: The session was signed out."]);
      await until(() => !world.closers.has("watched"));
    });

    it("that are revoked run nothing more, even while the client delays the close", async () => {
      const socket = await acknowledged("stubborn");
      const before = world.increments;
      socket.pause();
      world.closers.get("stubborn")?.("UNAUTHENTICATED");
      socket.send(
        JSON.stringify({ id: "1", type: "subscribe", payload: { query: "mutation { increment }" } }),
      );
      await until(() => !world.closers.has("stubborn"));
      expect(world.increments).to.equal(before);
      socket.terminate();
    });

    it("that are wrong are refused with 4403 and the code", async () => {
      for (const [token, code] of [
        ["expired", "UNAUTHENTICATED"],
        ["suspended", "TENANT_SUSPENDED"],
      ]) {
        const socket = await bare();
        socket.send(init({ authorization: `Bearer ${token}` }));
        const [closeCode, reason] = await closing(socket);
        expect(closeCode).to.equal(4403);
        expect(reason).to.match(new RegExp(`^${code}: `));
      }
    });

    it("that could not be looked at close with 1011 and tell nothing", async () => {
      const socket = await bare();
      socket.send(init({ authorization: "Bearer broken" }));
      const [code, reason] = await closing(socket);
      expect(code).to.equal(1011);
      expect(reason).not.to.include("sessions");
    });
  });

  describe("sockets", () => {
    it("must begin with connection_init, in time and in this protocol", async () => {
      expect((await closing(await bare()))[0]).to.equal(4408);
      const early = await bare();
      early.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: "{ hello }" } }));
      expect((await closing(early))[0]).to.equal(4401);
      const other = new WebSocket(url(), []);
      expect((await closing(other))[0]).to.equal(4406);
    });

    it("close on messages that are none, or too large", async () => {
      for (const message of ["{", "[]", '{"type":"subscribe"}', '"documentId"']) {
        const socket = await acknowledged("nonsense");
        socket.send(message);
        expect((await closing(socket))[0], message).to.equal(4400);
      }
      const socket = await acknowledged("large");
      socket.send("x".repeat(70_000));
      expect((await closing(socket))[0]).to.equal(1009);
    });

    it("are refused to foreign pages and under foreign names", async () => {
      expect(await refusal({ origin: "https://evil.com" })).to.equal(403);
      expect(await refusal({ origin: "http://6.6.6.6" })).to.equal(403);
      expect(await refusal({ origin: "null" })).to.equal(403);
      expect(await refusal({ host: "evil.com" })).to.equal(421);
      for (const origin of ["https://app.example.com", "https://api.example.com", world.door.url]) {
        (await bare({ origin })).terminate();
      }
    });

    it("are counted while open, and so are subscriptions", async () => {
      const on = client();
      on.subscribe({ query: "subscription { endless }" }, ignore);
      await until(() => world.events.listenerCount("event") > 0);
      const shown = await (await fetch(`${world.door.url}/metrics`)).text();
      expect(shown)
        .to.match(/tenfold_sockets_open [1-9]/)
        .and.to.match(/tenfold_subscriptions_active 1/);
      await on.dispose();
      await until(() => world.events.listenerCount("event") === 0);
    });

    it("close with 1001 when the door closes", async () => {
      const brief = await new World().open();
      const socket = new WebSocket(brief.url.replace("http", "ws"), [protocol]);
      await once(socket, "open");
      const [closed] = await Promise.all([closing(socket), brief.door.close()]);
      expect(closed[0]).to.equal(1001);
    });

    it("that answer no ping are cut", async () => {
      const strict = await new World({ socket: { keepAliveMs: 40 } }).open();
      const deaf = new WebSocket(strict.url.replace("http", "ws"), [protocol], { autoPong: false });
      const hearing = new WebSocket(strict.url.replace("http", "ws"), [protocol]);
      await Promise.all([once(hearing, "open"), once(deaf, "close")]);
      expect(hearing.readyState).to.equal(WebSocket.OPEN);
      await strict.door.close();
    });
  });
});

const ignore = { next: () => undefined, error: () => undefined, complete: () => undefined };

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !holds(); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).to.equal(true);
}
