import { expect } from "chai";
import { detachedRooms } from "../../scripts/detached-house.js";
import { importsOf, type Source, sources } from "./sources.js";

/** From left to right: a room imports only faces of rooms to its left. */
const order = [
  "access",
  "tenancy",
  "metering",
  "identity",
  "onboarding",
  "learning",
  "datasets",
  "models",
  "training",
  "automl",
  "serving",
  "automation",
  "audit",
];

const roomOf = (path: string): string | undefined => /^src\/rooms\/([^/]+)\//.exec(path)?.[1];
const isFace = (path: string): boolean => /^src\/rooms\/[^/]+\/index\.js$/.test(path);

/** Each import of a room that the order of rooms forbids, as `file → module`. */
export function trespasses(files: readonly Source[]): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((target) => !allowed(file.path, target))
      .map((target) => `${file.path} → ${target}`),
  );
}

function allowed(from: string, target: string): boolean {
  const room = roomOf(from);
  const other = roomOf(target);
  // The server bundles the explorer and must not depend on it.
  if (target.startsWith("src/explorer/")) return false;
  if (other === undefined) return room === undefined || target.startsWith("src/kernel/") || !isOurs(target);
  if (from.startsWith("src/kernel/")) return false;
  if (other === room) return true;
  return isFace(target) && (room === undefined || order.indexOf(other) < order.indexOf(room));
}

const isOurs = (target: string): boolean => target.startsWith("src/");

describe("rooms", () => {
  const files = sources("src").filter(({ path }) => !path.startsWith("src/explorer/"));

  it("import only faces of rooms to their left, and the kernel imports none", () => {
    expect(trespasses(files)).to.deep.equal([]);
  });

  it("all have a place in the order, which is the order the house is furnished in", () => {
    const folders = new Set(files.flatMap(({ path }) => roomOf(path) ?? []));
    expect(order).to.include.members([...folders]);
    const furnished = detachedRooms()
      .map(({ name }) => name)
      .filter((name) => order.includes(name));
    expect(furnished).to.deep.equal(order.filter((name) => furnished.includes(name)));
    expect(furnished).to.include.members(["tenancy", "identity", "datasets", "models"]);
  });

  const forbidden: [path: string, imported: string][] = [
    ["src/kernel/log.ts", "../rooms/tenancy/index.js"],
    ["src/rooms/tenancy/plan.ts", "../identity/index.js"],
    ["src/rooms/serving/index.ts", "../models/model.service.js"],
    ["src/rooms/models/index.ts", "../../app.js"],
    ["src/rooms/models/index.ts", "../audit/index.js"],
    ["src/app.ts", "./rooms/models/model.service.js"],
    ["src/app.ts", "./explorer/graph.js"],
  ];
  for (const [path, imported] of forbidden)
    it(`refuse ${imported} in ${path}`, () => {
      const text = `import { something } from "${imported}";`;
      expect(trespasses([{ path, text }])).to.have.lengthOf(1);
    });

  it("allow the kernel, packages, own files and faces to the left", () => {
    const text = `import a from "../../kernel/log.js"; import b from "pg"; export * from "./b.js";
      import type { C } from "../tenancy/index.js"; await import("../learning/index.js");`;
    const file = { path: "src/rooms/models/index.ts", text };
    expect(importsOf(file)).to.have.lengthOf(5);
    expect(trespasses([file])).to.deep.equal([]);
  });
});
