import { expect } from "chai";
import { isEnumType } from "graphql";
import { detachedSchema } from "../../scripts/detached-house.js";
import { startOptions } from "../../scripts/support/start-options.js";
import { type Source, sources } from "./sources.js";

const everything = ["src", "test", "scripts", "schema", "migrations"].flatMap((folder) =>
  sources(folder, [".ts", ".tsx", ".mjs", ".json", ".graphql", ".sql", ".md"]),
);
const settings = ["package.json", "package-lock.json", ".npmrc", "tsconfig.json", "biome.json", "Dockerfile"];
const product = sources("src").filter(({ path }) => !path.startsWith("src/explorer/"));

/** Folders of one person's or one workplace's machine. */
const machinePath = /(?<![\w.*/-])\/(?:work|home|root|Users)\/\w/;
const registry = /registry\.npm|npmjs\.org|"resolved"\s*:\s*"/;

interface Locked {
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

const where = (files: readonly Source[], pattern: RegExp): string[] =>
  files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe("sources", () => {
  const committed = [...everything, ...settings.flatMap((path) => sources(path, [""]))];

  it("name no folder of a machine", () => {
    expect(where(committed, machinePath)).to.deep.equal([]);
    expect(where([{ path: "a", text: ["", "home", "somebody"].join("/") }], machinePath)).to.deep.equal([
      "a",
    ]);
  });

  it("name no package registry, so that each machine uses its own", () => {
    expect(where(committed, registry)).to.deep.equal([]);
    expect(where([{ path: "a", text: JSON.stringify({ resolved: "x" }) }], registry)).to.deep.equal(["a"]);
  });

  it("lock every package of every platform, or npm ci refuses to install", () => {
    const [lock] = sources("package-lock.json", [""]);
    const { packages } = JSON.parse(lock?.text ?? "{}") as { packages: Record<string, Locked> };
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`${place}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
      ),
    );
    expect(Object.keys(packages).length).to.be.greaterThan(100);
    expect(missing).to.deep.equal([]);
    const unsure = Object.entries(packages).filter(([place, { integrity }]) => place !== "" && !integrity);
    expect(unsure).to.deep.equal([]);
  });

  it("start Node in the image as npm start does", () => {
    const [image] = sources("Dockerfile", [""]);
    const [, command = "[]"] = /^CMD (\[.*\])$/m.exec(image?.text ?? "") ?? [];
    expect(JSON.parse(command)).to.deep.equal(["node", ...startOptions(), "dist/src/main.js"]);
  });

  it("read the environment in one place", () => {
    expect(where(product, /\bprocess\.env\b/)).to.deep.equal(["src/kernel/config.ts"]);
  });

  it("declare every error code in the closed enum", async () => {
    const text = product.map((source) => source.text).join("\n");
    const declared = text.matchAll(/(?:defineError\(|extensions: \{ code:)\s*"([A-Z_]+)"/g);
    const codes = [...declared].map(([, code]) => code);
    const type = (await detachedSchema()).getType("ErrorCode");
    const published = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
    expect(codes.length).to.be.greaterThan(30);
    expect(published).to.have.members([...new Set(codes)]);
  });
});
