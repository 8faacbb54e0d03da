import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaText } from "../src/kernel/graphql/schema.js";
import { unannouncedChanges } from "./breaking-changes.js";
import { detachedSchema } from "./detached-house.js";
import { root } from "./root.js";
import { typedClient } from "./typed-client.js";

const folder = join(root, "schema");
const snapshot = join(folder, "schema.graphql");

const sdl = schemaText(await detachedSchema());
const before = existsSync(snapshot) ? readFileSync(snapshot, "utf8") : sdl;
const refused = unannouncedChanges(before, sdl, readFileSync(join(folder, "CHANGELOG.md"), "utf8"));
if (refused.length > 0) {
  console.error(
    `These changes break programs that use the graph (schema/CHANGELOG.md):\n${refused.join("\n")}`,
  );
  process.exit(1);
}
writeFileSync(snapshot, sdl);
writeFileSync(join(folder, "client.ts"), await typedClient(sdl, join(folder, "operations")));
console.log("schema/schema.graphql and schema/client.ts are up to date.");
