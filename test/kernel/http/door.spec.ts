import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { NotFound } from "../../../src/kernel/errors.js";
import { type Answer, codesOf, post, World } from "./world.js";

/** Sends raw bytes and gives all that comes back until the server closes. */
function raw(port: number, ...parts: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => parts.forEach((part) => socket.write(part)));
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

/** fetch sets Host and Origin itself; this lets the test choose them. */
function send(url: string, headers: Record<string, string>, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => {
        const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(pairs),
          body: text ? JSON.parse(text) : {},
        });
      });
    });
    request.on("error", reject).end();
  });
}

async function count(chunks: AsyncIterable<Buffer>): Promise<{ bytes: number }> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return { bytes };
}

const bodyOf = (text: string): Answer["body"] => JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));

describe("the door", () => {
  const directory = mkdtempSync(join(tmpdir(), "tenfold-explorer-"));
  mkdirSync(join(directory, "assets"));
  writeFileSync(join(directory, "index.html"), "<!doctype html><title>Explorer</title>");
  writeFileSync(join(directory, "assets", "index-abc123.js"), "export {};");

  const world = new World({
    allowedHosts: async (host) => host === "api.example.com",
    corsOrigins: ["https://app.example.com"],
    explorerDirectory: directory,
    trustProxy: ["127.0.0.1"],
    routes: (app) => {
      app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
      app.put("/uploads/:token", (request) => count(request.body as AsyncIterable<Buffer>));
      app.get("/downloads/:token", () => Promise.reject(new NotFound()));
    },
  });
  before(() => world.open());
  after(async () => {
    await world.door.close();
    rmSync(directory, { recursive: true });
  });

  const at = (path: string) => `${world.door.url}${path}`;

  describe("what is no GraphQL request", () => {
    const refused = async (answer: Answer, status: number, code = "BAD_USER_INPUT") => {
      expect([answer.status, codesOf(answer)]).to.deep.equal([status, [code]]);
      expect(answer.body.errors?.[0]?.extensions.requestId).to.equal(answer.headers.get("x-request-id"));
      expect(answer.body.errors?.[0]?.message).to.match(/\.$/);
      expect(JSON.stringify(answer.body)).not.to.match(/ at .*:\d+|FST_|node_modules/);
    };

    it("is refused when the body is not JSON, or poisons prototypes", async () => {
      await refused(await post(world.url, "{"), 400);
      await refused(await post(world.url, '{"query": "{ hello }", "__proto__": {"x": 1}}'), 400);
      for (const body of ["null", "1", '"{ hello }"', "{}"]) await refused(await post(world.url, body), 400);
    });

    it("is refused with 415 unless it is application/json: forms and text need no preflight", async () => {
      for (const type of [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
      ]) {
        await refused(await post(world.url, '{"query":"{ hello }"}', { "content-type": type }), 415);
      }
      await refused(
        await post(world.url, '{"query":"{ hello }"}', {
          "content-type": "application/json; charset=utf-16",
        }),
        415,
      );
    });

    it("is refused with 413 when too large, announced or not", async () => {
      await refused(await post(world.url, { query: `# ${"x".repeat(70_000)}\n{ hello }` }), 413);
      const chunk = "x".repeat(0x8000);
      const chunks = `8000\r\n${chunk}\r\n`.repeat(3);
      const head =
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
      expect(await raw(world.port, head, chunks)).to.match(/^HTTP\/1.1 413 /);
    });

    it("is refused with 406 when no known media type is accepted", async () => {
      await refused(await post(world.url, { query: "{ hello }" }, { accept: "text/html" }), 406);
    });

    it("is refused with 404 or, on a known path, 405", async () => {
      await refused(await send(at("/nothing"), {}), 404, "NOT_FOUND");
      const deleted = await send(at("/graphql"), {}, "DELETE");
      await refused(deleted, 405);
      expect(deleted.headers.get("allow")).to.equal("POST, GET");
      await refused(await send(at("/uploads/abc"), {}, "GET"), 405);
      expect((await send(at("/healthz"), {}, "HEAD")).status).to.equal(200);
      expect((await send(at("/graphql"), {}, "HEAD")).status).to.equal(405);
      expect((await send(at("/nothing"), {}, "HEAD")).status).to.equal(404);
    });

    it("is refused when the path can't be read", async () => {
      expect((await send(at("/%zz"), {})).status).to.equal(400);
    });

    it("is refused when it is no HTTP at all", async () => {
      const answer = await raw(world.port, "NONSENSE\r\n\r\n");
      expect(answer).to.match(/^HTTP\/1.1 400 /);
      expect(codesOf({ body: bodyOf(answer) })).to.deep.equal(["BAD_USER_INPUT"]);
      const large = `GET /graphql HTTP/1.1\r\nhost: localhost\r\nx-large: ${"x".repeat(20_000)}\r\n\r\n`;
      expect(await raw(world.port, large)).to.match(/^HTTP\/1.1 431 /);
    });
  });

  describe("slow requests", () => {
    const hasty = new World();
    before(() => {
      const { limits } = hasty.options();
      return Object.assign(hasty, new World({ limits: { ...limits, requestTimeoutMs: 150 } })).open();
    });
    after(() => hasty.door.close());

    it("end with 408, in the headers as in the body", async () => {
      const head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
      const inHeaders = await raw(hasty.port, head);
      expect(inHeaders).to.match(/^HTTP\/1.1 408 /);
      const inBody = await raw(hasty.port, `${head}content-length: 100\r\n\r\n`, '{"query":');
      expect(inBody).to.match(/^HTTP\/1.1 408 /);
      expect(codesOf({ body: bodyOf(inBody) })).to.deep.equal(["BAD_USER_INPUT"]);
    });
  });

  describe("request ids", () => {
    it("are kept when sane and made anew otherwise", async () => {
      const idFor = async (id: string) =>
        (await send(at("/healthz"), { "x-request-id": id })).headers.get("x-request-id");
      expect(await idFor("Ab-1_z")).to.equal("Ab-1_z");
      for (const wrong of ["a b", "a".repeat(65), "<x>", "a;b"])
        expect(await idFor(wrong)).to.match(/^[\w-]{12}-[0-9a-z]+$/);
    });
  });

  describe("hosts", () => {
    const host = (name: string) => send(at("/graphql?query={hello}"), { host: name });

    it("are loopback, addresses and those allowed", async () => {
      for (const name of [
        "localhost",
        "127.0.0.1:4000",
        "[::1]:80",
        "acme.localhost",
        "API.example.com",
        "10.0.0.7",
      ]) {
        expect((await host(name)).status, name).to.equal(200);
      }
    });

    it("are else refused with 421, as DNS rebinding would need", async () => {
      for (const name of [
        "evil.example.com",
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "api.example.com.evil.com",
      ]) {
        const answer = await host(name);
        expect([answer.status, codesOf(answer)], name).to.deep.equal([421, ["BAD_USER_INPUT"]]);
      }
    });

    it("must be readable and present", async () => {
      expect((await host("a b")).status).to.equal(400);
      expect((await host("user@localhost")).status).to.equal(400);
      const without = await raw(world.port, "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n");
      expect(without).to.match(/^HTTP\/1.1 400 /);
      expect(codesOf({ body: bodyOf(without) })).to.deep.equal(["BAD_USER_INPUT"]);
    });
  });

  describe("headers", () => {
    it("forbid sniffing, framing and caching", async () => {
      const { headers } = await post(world.url, { query: "{ hello }" });
      expect(headers.get("x-content-type-options")).to.equal("nosniff");
      expect(headers.get("x-frame-options")).to.equal("DENY");
      expect(headers.get("cache-control")).to.equal("no-store");
      expect(headers.get("content-security-policy")).to.equal("default-src 'none'; frame-ancestors 'none'");
      expect(headers.has("strict-transport-security")).to.equal(false);
    });

    it("demand TLS only behind TLS", async () => {
      const secure = await send(at("/healthz"), { "x-forwarded-proto": "https" });
      expect(secure.headers.get("strict-transport-security")).to.include("max-age");
    });

    it("let listed origins call and nobody else", async () => {
      const preflight = (origin: string) =>
        send(
          at("/graphql"),
          {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization",
          },
          "OPTIONS",
        );
      const allowed = await preflight("https://app.example.com");
      expect(allowed.status).to.equal(204);
      expect(allowed.headers.get("access-control-allow-origin")).to.equal("https://app.example.com");
      expect(allowed.headers.get("access-control-allow-headers")).to.include("x-tenant");
      expect((await preflight("https://evil.com")).headers.has("access-control-allow-origin")).to.equal(
        false,
      );
      const refused = await send(at("/nothing"), { origin: "https://app.example.com" });
      expect(refused.headers.get("access-control-allow-origin")).to.equal("https://app.example.com");
    });
  });

  describe("health", () => {
    it("tells life, readiness and its checks", async () => {
      expect((await send(at("/healthz"), {})).body).to.deep.equal({ ok: true });
      expect((await send(at("/readyz"), {})).body).to.deep.equal({ ok: true, checks: { database: true } });
      world.ready = false;
      const down = await send(at("/readyz"), {});
      world.ready = true;
      expect([down.status, down.body]).to.deep.equal([503, { ok: false, checks: { database: false } }]);
    });
  });

  describe("the explorer", () => {
    it("is where / leads, with a policy that names no other host", async () => {
      for (const path of ["/", "/graphiql"]) {
        const moved = await fetch(at(path), { redirect: "manual" });
        expect([moved.status, moved.headers.get("location")]).to.deep.equal([302, "/graphiql/"]);
      }
      const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
      const visit = await fetch(at("/graphql"), { headers: browser, redirect: "manual" });
      expect([visit.status, visit.headers.get("location")]).to.deep.equal([302, "/graphiql/"]);
      const query = await fetch(at("/graphql?query={__typename}"), { headers: browser, redirect: "manual" });
      expect(query.status).to.equal(200);
      const page = await fetch(at("/graphiql/"));
      expect(await page.text()).to.include("Explorer");
      expect(page.headers.get("cache-control")).to.equal("no-cache");
      const policy = page.headers.get("content-security-policy");
      expect(policy).to.include("default-src 'none'").and.to.include("frame-ancestors 'none'");
      expect(policy).to.include("connect-src 'self';");
      expect(policy).not.to.match(/unsafe-eval|https:|\*/);
      expect(page.headers.get("referrer-policy")).to.equal("no-referrer");
    });

    it("keeps hashed files for good, and serves nothing outside its folder", async () => {
      const asset = await fetch(at("/graphiql/assets/index-abc123.js"));
      expect(asset.headers.get("cache-control")).to.include("immutable");
      for (const path of [
        "/graphiql/none.js",
        "/graphiql/..%2f..%2fetc/passwd",
        "/graphiql/%2e%2e/package.json",
      ]) {
        expect((await fetch(at(path))).status).to.be.within(400, 404);
      }
    });
  });

  describe("refuses in sentences of their own", () => {
    /** As an attacker's client sends it: fetch and URL would take the dots out. */
    async function asked(path: string): Promise<[status: string, body: Answer["body"]]> {
      const port = Number(new URL(world.door.url).port);
      const answer = await raw(port, `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
      const head = answer.split("\r\n", 1)[0] ?? "";
      return [
        head.split(" ")[1] ?? "",
        answer.includes("{")
          ? JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1))
          : {},
      ];
    }

    const [outside, unknown] = [/^This path leads out of its folder/, /^There is no such path here/];
    const paths: [path: string, status: string, sentence: RegExp][] = [
      ["/graphiql/../../../../etc/passwd", "403", outside],
      ["/graphiql/%2e%2e/%2e%2e/package.json", "403", outside],
      ["/graphiql/..%5c..%5cpackage.json", "403", outside],
      ["/graphiql/..%2f..%2fetc/passwd", "404", unknown],
      ["/graphiql/assets/%2e%2e%2f%2e%2e%2fpackage.json", "404", unknown],
      ["/etc/passwd", "404", unknown],
    ];
    for (const [path, status, sentence] of paths)
      it(`the way out of a folder: ${path}`, async () => {
        const [answered, { errors }] = await asked(path);
        expect(answered).to.equal(status);
        expect(String(errors?.[0]?.message)).to.match(sentence);
        expect(JSON.stringify(errors)).not.to.include(directory);
      });

    it("a foreign page's socket", async () => {
      const answer = await send(at("/graphql"), {
        connection: "upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        origin: "https://evil.com",
      });
      expect([answer.status, codesOf(answer)]).to.deep.equal([403, ["FORBIDDEN"]]);
      expect(JSON.stringify(answer.body)).to.include("may not open sockets").and.to.include("CORS_ORIGINS");
    });
  });

  describe("routes of rooms", () => {
    it("stream what they like without opening /graphql to it", async () => {
      const body = "x".repeat(60_000);
      const uploaded = await fetch(at("/uploads/t1"), {
        method: "PUT",
        body,
        headers: { "content-type": "text/csv" },
      });
      expect(await uploaded.json()).to.deep.equal({ bytes: 60_000 });
      expect((await post(world.url, "{}", { "content-type": "text/csv" })).status).to.equal(415);
    });

    it("answer errors like everything else, and keep tokens out of the log", async () => {
      const answer = await send(at("/downloads/s3cr3t"), {});
      expect([answer.status, codesOf(answer)]).to.deep.equal([404, ["NOT_FOUND"]]);
      await fetch(at("/healthz"));
      expect(JSON.stringify(world.lines)).to.include("/downloads/:token").and.not.to.include("s3cr3t");
    });
  });
});

describe("closing the door", () => {
  it("lets running requests end, and takes no more", async () => {
    const world = await new World().open();
    const { url } = world;
    const running = post(url, { query: "{ slow }" });
    while (!world.release) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = world.door.close();
    world.release();
    expect((await running).body).to.deep.equal({ data: { slow: "done" } });
    await closed;
    const refused = await post(url, { query: "{ hello }" }).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error);
  });

  it("refuses a body that comes too late, sooner than it cuts everything", async () => {
    const { limits } = new World().options();
    const world = await new World({ limits: { ...limits, requestTimeoutMs: 300 } }).open();
    const head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    const late = raw(world.port, `${head}content-length: 100\r\n\r\n`, '{"query":');
    // Answered after the connection before it was accepted, so that one is under way.
    await post(world.url, { query: "{ hello }" });
    await world.door.close();
    expect(await late).to.match(/^HTTP\/1.1 408 /);
  });

  it("cuts soon what is half a request after another, and a body that is no longer waited for", async () => {
    const { limits } = new World().options();
    // Neither the limit of a request's time nor that of the shutdown ends them.
    const patience = { limits: { ...limits, requestTimeoutMs: 250_000 }, drainTimeoutMs: 250_000 };
    const world = await new World(patience).open();
    const head = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
    const halves = [`${head}\r\nPOST /graph`, `${head}content-length: 9\r\n\r\n{`];
    const answers = halves.map((half) => raw(world.port, half));
    // Answered after the connections before it were accepted, so that they have been used.
    await post(world.url, { query: "{ hello }" });
    await world.door.close();
    for (const answer of await Promise.all(answers)) expect(answer).to.match(/^HTTP\/1\.1 200 /);
  });

  it("cuts what does not end", async () => {
    const world = await new World({ drainTimeoutMs: 50 }).open();
    const running = post(world.url, { query: "{ slow }" }).catch((error: Error) => error);
    await post(world.url, { query: "{ hello }" });
    await world.door.close();
    expect(await running).to.be.instanceOf(Error);
  });
});
