import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newSecret } from "../kernel/clock.js";

/** What the data folder keeps of the demo; the rest is in the database. */
export interface DemoFile {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
  /** May predict and read usage, so that the commands on the screen need no sign-in. */
  apiKey?: string;
  modelId?: string;
  /** Set when all of the demo is there: from then on it belongs to whoever uses it and is never touched again. */
  tenantId?: string;
}

export const demoPath = (dataDirectory: string): string => join(dataDirectory, "demo.json");

/** Null where there is none, or where something else is in its place. */
export function readDemo(dataDirectory: string): DemoFile | null {
  const path = demoPath(dataDirectory);
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as DemoFile;
  } catch {
    return null;
  }
}

/** Readable by its owner alone, and never half written: a kill in between leaves the one before. */
export function writeDemo(dataDirectory: string, file: DemoFile): void {
  const path = demoPath(dataDirectory);
  writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export const newDemo = (): DemoFile => ({
  tenant: "demo",
  email: "owner@demo.example",
  password: newSecret(18),
});
