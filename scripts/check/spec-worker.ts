// Runs the spec files it is told, one after the other: modules are loaded and a database cluster is started once for
// all of them. Ends when the process that told it lets go of it.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format } from "node:util";
import Mocha, { type Test } from "mocha";
import { z } from "zod";
import { mochaHooks } from "../../test/support/hooks.js";
import { root } from "../root.js";
import type { Outcome, Told } from "./spec-process.js";

const settings = z
  .object({ timeout: z.number(), forbidOnly: z.boolean() })
  .parse(JSON.parse(readFileSync(join(root, ".mocharc.json"), "utf8")));

const tell = (told: Told): void => void process.send?.(told);
// Not printed: the outlines of processes side by side would be mixed.
Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => tell({ line: format(...parts) });

const inWords = ({ message, stack }: Error): string =>
  stack?.includes(message) ? stack : `${message}\n${stack ?? ""}`;

/** A mocha of its own for each file, which is told nothing of the hooks: it would stop after it what all share. */
async function run(file: string): Promise<Outcome> {
  const mocha = new Mocha({ ...settings, reporter: "spec" });
  mocha.addFile(resolve(root, file));
  await mocha.loadFilesAsync();
  const failures: string[] = [];
  const { passes = 0, failures: failed = 0 } = await new Promise<Partial<Mocha.Stats>>((done) => {
    const runner = mocha.run(() => done(runner.stats ?? {}));
    runner.on("fail", (test: Test, error: Error) => {
      failures.push(`${test.fullTitle()} (${test.duration ?? 0} ms)\n${inWords(error)}`);
    });
  });
  mocha.dispose();
  return { passed: passes, failed, failures };
}

const notLoaded = (file: string, error: unknown): Outcome => ({
  passed: 0,
  failed: 1,
  failures: [`${file} could not be loaded\n${error instanceof Error ? inWords(error) : String(error)}`],
});

process.on("message", ({ file }: { file: string }) => {
  void run(file)
    .catch((error: unknown) => notLoaded(file, error))
    .then((outcome) => tell({ outcome }));
});
process.once("disconnect", () => void mochaHooks.afterAll());
