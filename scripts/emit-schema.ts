import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaText } from "../src/kernel/graphql/schema.js";
import { detachedSchema } from "./detached-house.js";
import { root } from "./root.js";
import { typedClient } from "./typed-client.js";

const sdl = schemaText(await detachedSchema());
writeFileSync(join(root, "schema/schema.graphql"), sdl);
writeFileSync(join(root, "schema/client.ts"), await typedClient(sdl, join(root, "schema/operations")));
console.log("schema/schema.graphql and schema/client.ts are up to date.");
