// Brings the checkout up to date before `npm start`, `npm test` and the other commands: installs when the lock file
// changed, compiles when a source did. It needs nothing but Node, so it runs on a bare clone, under the system's own
// Node; the npm package `node`, installed here, is what npm finds first on PATH for everything after it.
import { existsSync, lstatSync } from "node:fs";
import { assemble, assembled, bundle, bundled, compile, compiled } from "./prepare/build.mjs";
import { install, installed } from "./prepare/install.mjs";
import { alone } from "./prepare/lock.mjs";
import { at, PrepareError, stopChildren } from "./prepare/run.mjs";

const oldest = 18;
const [major] = process.versions.node.split(".").map(Number);

/** A worktree may borrow another checkout's packages through a link; those are not ours to replace. */
const borrowed = () => existsSync(at("node_modules")) && lstatSync(at("node_modules")).isSymbolicLink();

const steps = [
  [() => borrowed() || installed(), install],
  [compiled, compile],
  [assembled, assemble],
  [bundled, bundle],
];

async function prepare() {
  if (major < oldest)
    throw new PrepareError(
      `Node.js ${oldest} or newer is needed to begin; this is ${process.versions.node}. Get one from https://nodejs.org.`,
    );
  // Nothing to do is the common case and takes no lock, so a read-only checkout starts too.
  if (steps.every(([done]) => done())) return;
  await alone(async () => {
    // Asked again for each step: whoever held the lock before us may have done it.
    for (const [done, work] of steps) if (!done()) await work();
  });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    stopChildren(signal);
    process.exit(130);
  });

prepare().catch((error) => {
  console.error(error instanceof PrepareError ? `tenfold: ${error.message}` : error);
  process.exit(1);
});
