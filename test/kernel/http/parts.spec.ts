import { expect } from "chai";
import { hostCheck, hostName, originAllowed } from "../../../src/kernel/http/hosts.js";
import { answerType } from "../../../src/kernel/http/media-type.js";
import { documentIdOf } from "../../../src/kernel/http/parameters.js";
import { newRequestId, requestIdOf } from "../../../src/kernel/http/request-id.js";

describe("hostName", () => {
  it("gives the name without port, in lower case", () => {
    expect(hostName("API.Example.com:4000")).to.equal("api.example.com");
    expect(hostName("[::1]:4000")).to.equal("[::1]");
    expect(hostName("api.example.com.:80")).to.equal("api.example.com");
    expect(hostName("BÜCHER.example")).to.equal("xn--bcher-kva.example");
    expect(hostName("127.1")).to.equal("127.0.0.1");
  });

  it("is null for what is no host", () => {
    for (const header of [undefined, "", "a b", "a/b", "user@host", "a?b", "a#b", "a\\b", ":", "[::1", "."]) {
      expect(hostName(header), header).to.equal(null);
    }
  });
});

describe("hostCheck", () => {
  it("knows loopback, addresses, its own name and what it is told", async () => {
    const check = hostCheck("Box.lan", (name) => name === "acme.example.com");
    for (const name of ["localhost", "a.localhost", "10.1.2.3", "[fe80::1]", "box.lan", "acme.example.com"]) {
      expect(await check(name), name).to.equal(true);
    }
    for (const name of ["example.com", "localhost.example.com", "10.1.2.3.example.com", "xlocalhost"]) {
      expect(await check(name), name).to.equal(false);
    }
  });
});

describe("originAllowed", () => {
  const check = hostCheck("127.0.0.1");
  const allowed = (origin: string | undefined, origins: string[] = []) =>
    originAllowed(origin, "10.0.0.1", origins, check);

  it("lets in who is no browser, the own page and listed origins", async () => {
    for (const origin of [undefined, "http://10.0.0.1:4000", "http://localhost:5173"]) {
      expect(await allowed(origin), origin).to.equal(true);
    }
    expect(await allowed("https://a.example", ["https://a.example"])).to.equal(true);
    expect(await allowed("null", ["*"])).to.equal(true);
  });

  it("keeps out everything else, other addresses too", async () => {
    for (const origin of ["null", "", "https://a.example", "http://10.0.0.2", "nonsense"]) {
      expect(await allowed(origin), origin).to.equal(false);
    }
    expect(await allowed("http://a.example", ["https://a.example"])).to.equal(false);
  });
});

describe("answerType", () => {
  it("takes the first one the door has", () => {
    const json = "application/json";
    const response = "application/graphql-response+json";
    expect(answerType(undefined)).to.equal(json);
    expect(answerType("")).to.equal(json);
    expect(answerType("text/html, */*;q=0.1")).to.equal(json);
    expect(answerType(`${response}; charset=utf-8, ${json}`)).to.equal(response);
    expect(answerType(`${json}, ${response}`)).to.equal(json);
    expect(answerType("APPLICATION/GRAPHQL-RESPONSE+JSON")).to.equal(response);
  });
});

describe("documentIdOf", () => {
  it("finds the id in either place, and refuses other types", () => {
    expect(documentIdOf({ documentId: "sha256:ab" })).to.equal("sha256:ab");
    expect(documentIdOf({ extensions: { persistedQuery: { sha256Hash: "ab" } } })).to.equal("sha256:ab");
    for (const extensions of [null, [], "x", { persistedQuery: 1 }, { persistedQuery: { sha256Hash: 7 } }]) {
      expect(documentIdOf({ extensions })).to.equal(null);
    }
    expect(() => documentIdOf({ documentId: 7 })).to.throw("must be a string");
  });
});

describe("request ids", () => {
  it("never repeat, and pass their own test of sanity", () => {
    const ids = Array.from({ length: 1_000 }, newRequestId);
    expect(new Set(ids).size).to.equal(1_000);
    expect(requestIdOf({ headers: { "x-request-id": ids[0] } })).to.equal(ids[0]);
  });
});
