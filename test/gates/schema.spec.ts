import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { unannouncedChanges } from "../../scripts/breaking-changes.js";
import { detachedSchema } from "../../scripts/detached-house.js";
import { root } from "../../scripts/root.js";
import { typedClient } from "../../scripts/typed-client.js";
import { schemaText } from "../../src/kernel/graphql/schema.js";

const file = (path: string): string => readFileSync(join(root, path), "utf8");
const remedy = "Run `npm run schema` and look at what changed";

describe("schema snapshot", () => {
  it("is what the product serves", async () => {
    expect(file("schema/schema.graphql"), remedy).to.equal(schemaText(await detachedSchema()));
  });

  it("has a typed client generated from it", async () => {
    const client = await typedClient(file("schema/schema.graphql"), join(root, "schema/operations"));
    expect(file("schema/client.ts"), remedy).to.equal(client);
  });
});

describe("a change of the schema", () => {
  const before = 'type Query { models: Int old: Int @deprecated(reason: "Use models.") }';
  const without = (field: string): string => before.replace(new RegExp(`${field}: Int`), "other: Int");
  const log = (...lines: string[]): string =>
    [
      "# Changes",
      "## Unreleased",
      ...lines,
      "## 1.0.0 (2027-01-01)",
      "- FIELD_REMOVED: Query.gone was removed.",
    ].join("\n");

  it("passes when it only adds", () => {
    const after = before.replace("}", " more: Int }");
    expect(unannouncedChanges(before, after, log())).to.deep.equal([]);
  });

  it("is refused when it breaks and stands nowhere", () => {
    const [refused] = unannouncedChanges(before, without("old"), log());
    expect(refused).to.equal("add to the changelog: - FIELD_REMOVED: Query.old was removed.");
  });

  it("is refused when only an earlier release announced the same", () => {
    const was = "type Query { gone: Int @deprecated models: Int }";
    expect(unannouncedChanges(was, "type Query { models: Int }", log())).to.have.lengthOf(1);
  });

  it("passes when it breaks, was deprecated and is announced", () => {
    const announced = log("- FIELD_REMOVED: Query.old was removed.");
    expect(unannouncedChanges(before, without("old"), announced)).to.deep.equal([]);
  });

  it("is refused when announced but never deprecated", () => {
    const [refused] = unannouncedChanges(
      before,
      without("models"),
      log("- FIELD_REMOVED: Query.models was removed."),
    );
    expect(refused).to.match(/^deprecate it in a release first/);
  });

  it("passes before the first release, when nobody relies on anything", () => {
    expect(unannouncedChanges(before, without("models"), "# Changes\n## Unreleased\n")).to.deep.equal([]);
  });
});
