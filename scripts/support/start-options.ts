import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.js";

/** What `npm start` gives Node, so that what is measured and tested runs as the product does. */
export function startOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const [, options = ""] = /\bnode ((?:--\S+ )*)/.exec(scripts.start) ?? [];
  return options.split(" ").filter(Boolean);
}
