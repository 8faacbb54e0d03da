import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { compressedCopies } from "./compressed-copies.ts";
import { fontsAsFiles } from "./fonts-as-files.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/graphiql/",
  plugins: [fontsAsFiles(), compressedCopies()],
  // The explorer's operations are plain text; a stray .env file of the checkout must not reach the browser.
  envDir: false,
  // Module workers share chunks with the page; the policy admits them as files of this host.
  worker: { format: "es" },
  build: {
    outDir: here("../../dist/explorer"),
    emptyOutDir: true,
    target: "es2022",
    // Monaco is one large editor by nature: a warning at every build would hide the ones that matter.
    chunkSizeWarningLimit: 4_000,
    // A small font or worker inlined as a data: address would need a wider policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // "use client" of GraphiQL's dependencies speaks to server rendering, which there is none of here.
      onLog: (level, log, report) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
    modulePreload: { polyfill: false },
  },
});
