import { findChromium } from "../../test/explorer/support/browser.js";

/** Specs that need a browser. */
export const browserSpecs = ["dist/test/explorer/explorer.spec.js"];

/** Why they can't run, or null when they can. */
export function missingBrowser(): string | null {
  try {
    findChromium();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
