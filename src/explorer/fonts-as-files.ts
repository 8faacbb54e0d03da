import { posix } from "node:path";
import type { Plugin } from "vite";

const inlineFont = /url\(["']?data:font\/(woff2?|ttf);base64,([^"')]+)["']?\)/g;

/**
 * GraphiQL's style sheet carries its fonts as `data:` addresses. As files of their own they are fetched only
 * when a glyph needs them, the style sheet shrinks by four fifths, and the policy may say `font-src 'self'`.
 */
export function fontsAsFiles(): Plugin {
  return {
    name: "tenfold-fonts-as-files",
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "asset" || !chunk.fileName.endsWith(".css")) continue;
        chunk.source = String(chunk.source).replace(inlineFont, (_all, kind: string, base64: string) => {
          const source = Buffer.from(base64, "base64");
          const file = this.getFileName(this.emitFile({ type: "asset", name: `font.${kind}`, source }));
          return `url(./${posix.basename(file)})`;
        });
      }
    },
  };
}
