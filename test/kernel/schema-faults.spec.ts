import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { schemaFaults } from "../../src/kernel/schema-faults.js";

const faultsOf = (schema: z.ZodType, value: unknown) => {
  const { error } = schema.safeParse(value);
  return error ? schemaFaults(error) : [];
};
const sentence = (schema: z.ZodType, value: unknown): string | undefined =>
  faultsOf(schema, value)[0]?.message;

/** How a library speaks to its users. */
const foreign = /invalid input|too (?:big|small)|expected|received|unrecognized|undefined|>=|<=|zod/i;

describe("faults of schemas", () => {
  for (const [schema, value, message] of [
    [z.number(), "1", "It must be a number."],
    [z.int(), 1.5, "It must be a whole number."],
    [z.object({ a: z.string() }), {}, "It is missing. Give a text."],
    [z.int().max(1_000), 4_096, "It must be at most 1,000."],
    [z.number().positive(), 0, "It must be more than 0."],
    [z.string().min(15), "short", "It must have at least 15 characters."],
    [z.array(z.int()).max(2), [1, 2, 3], "It must have at most 2 entries."],
    [z.enum(["NONE", "BALANCED"]), "SOME", "It must be one of: NONE, BALANCED."],
    [z.literal(1), 2, "It must be 1."],
    [z.strictObject({}), { lr: 1, x: 2 }, "There is no such field here: lr. Leave it out."],
    [z.string().regex(/^a$/, "must be an a"), "b", "must be an a"],
    [z.email(), "nobody", "It must be a valid email."],
    [z.number().multipleOf(3), 4, "It must be a multiple of 3."],
    [z.number().refine((at) => at > 5, "Take more than five."), 1, "Take more than five."],
    [z.union([z.literal("a"), z.array(z.int())]), { b: 1 }, undefined],
  ] as const)
    it(`say of ${JSON.stringify(value)}: ${message ?? "something of ours"}`, () => {
      const told = sentence(schema, value);
      expect(told).to.match(/\.$|an a$/);
      expect(told).to.not.match(foreign);
      if (message !== undefined) expect(told).to.equal(message);
    });

  it("name the place of each", () => {
    const schema = z.strictObject({ layers: z.array(z.strictObject({ units: z.int().min(1) })) });
    expect(
      faultsOf(schema, { layers: [{ units: 1 }, { units: 0 }], more: 1 }).map(({ path }) => path),
    ).to.deep.equal(["layers.1.units", "more"]);
  });

  it("name each field that there is not, by its beginning where it is long, and no more than thirty", () => {
    const [long = { path: "", message: "" }] = faultsOf(z.strictObject({}), { ["x".repeat(5_000)]: 1 });
    expect(long.path).to.equal(`${"x".repeat(100)}…`);
    expect(long.message.length).to.be.below(200);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`f${at}`, at]));
    expect(faultsOf(z.strictObject({}), many)).to.have.length(30);
  });

  it("never speak in a library's words, whatever comes", () => {
    const schema = z.strictObject({
      type: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("A"), size: z.int().min(1).max(9) }),
        z.strictObject({ kind: z.literal("B"), names: z.array(z.string().max(3)).min(1) }),
      ]),
      side: z.union([z.int(), z.tuple([z.int(), z.int()])]),
      flag: z.boolean().nullable(),
    });
    fc.assert(
      fc.property(
        fc.record(
          {
            type: fc.record(
              { kind: fc.constantFrom("A", "B", "C"), size: fc.anything(), names: fc.anything() },
              { requiredKeys: [] },
            ),
            side: fc.oneof(fc.anything(), fc.array(fc.integer())),
            flag: fc.anything(),
          },
          { requiredKeys: [] },
        ),
        (value) => {
          for (const { message } of faultsOf(schema, value))
            expect(message.replace(/here: .*\. L/, "")).to.not.match(foreign);
        },
      ),
    );
  });
});
