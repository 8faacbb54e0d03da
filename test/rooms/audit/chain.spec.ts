import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson, genesis, type HashedEvent, link } from "../../../src/rooms/audit/chain.js";

const event: HashedEvent = {
  id: "audit_1",
  at: "2026-01-02T03:04:05.678901Z",
  action: "model.created",
  operation: "model.create",
  actorKind: "user",
  actorId: "user_1",
  subject: "model_1",
  before: null,
  after: { name: "churn", layers: [8, 4] },
  outcome: "SUCCESS",
  ip: "127.0.0.1",
  userAgent: null,
  requestId: "r-1",
};

/** The same value with members in another order, as another writer or jsonb would keep them. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
};

describe("canonical JSON", () => {
  it("writes the example of RFC 8785, section 3.2", () => {
    const value =
      JSON.parse(`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}`);
    expect(canonicalJson(value)).to.equal(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    );
  });

  it("sorts members by UTF-16 code units, as RFC 8785, section 3.2.3, does", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(Object.values(JSON.parse(canonicalJson(value)))).to.have.members([1, 2, 3, 4, 5, 6, 7]);
    expect(canonicalJson(value)).to.equal('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it("reads back as the same value, whatever the order of members was", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.stringify(JSON.parse(text))).to.equal(
          JSON.stringify(JSON.parse(canonicalJson(JSON.parse(text)))),
        );
        expect(canonicalJson(reversed(value))).to.equal(text);
      }),
    );
  });

  it("does not take a number too large to read for null", () => {
    expect(canonicalJson([Number.POSITIVE_INFINITY])).to.not.equal(canonicalJson([null]));
  });
});

describe("a link of the chain", () => {
  it("is SHA-256 over the link before and the event", () => {
    // Computed apart, with Python's json (sorted keys, no spaces) and hashlib.
    expect(genesis("tenant_1")).to.equal("cc3bd2964c5853d917a8b7188da2fbc36931ea5433c0c5a97193e5d6fc8d1ff6");
    expect(link(genesis("tenant_1"), event)).to.equal(
      "551cb4b7bb27a9bc6e7675e25ecc6f6ef869cfb448b86d8fb87034886160c4c3",
    );
  });

  it("changes with the link before, the tenant, and every field", () => {
    const base = link(genesis("tenant_1"), event);
    const others = Object.keys(event).map((name) =>
      link(genesis("tenant_1"), { ...event, [name]: "another" }),
    );
    const all = [base, link(genesis("tenant_2"), event), link(base, event), ...others];
    expect(new Set(all).size).to.equal(all.length);
  });
});
