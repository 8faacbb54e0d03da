import { fileURLToPath } from "node:url";

/** The checkout's folder, seen from the compiled scripts in dist/scripts. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
