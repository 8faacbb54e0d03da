import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../../scripts/root.js";

/** A text file of the checkout; the path is relative to it, with `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Packages of others, which the benchmark's peers have in a folder of their own. */
const installed = /[\\/]node_modules[\\/]/;

/** Files below a folder of the checkout, or the one file, of the given endings. */
export function sources(place: string, endings: readonly string[] = [".ts", ".tsx", ".mjs"]): Source[] {
  const full = join(root, place);
  const paths = statSync(full).isDirectory()
    ? readdirSync(full, { recursive: true, encoding: "utf8" }).map((name) => join(full, name))
    : [full];
  return paths
    .filter((path) => endings.some((ending) => path.endsWith(ending)) && !installed.test(path))
    .map((path) => ({ path: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const specifier = /(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g;

/** What a file imports, re-exports included: package names, and paths of the checkout for its own modules. */
export function importsOf({ path, text }: Source): string[] {
  return [...text.matchAll(specifier)].map(([, wanted = ""]) =>
    wanted.startsWith(".") ? new URL(wanted, `file:///${path}`).pathname.slice(1) : wanted,
  );
}
