import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { at, PrepareError } from "./run.mjs";

const lock = at(".prepare.lock");
const heartbeatMs = 2_000;
/** After this long without a heartbeat a process number in the lock is taken for another program's. */
const forgottenMs = 60_000;

let held = null;

/** Notes the program at work in the lock: it may outlive us when we are killed, and is waited for then. */
export function noteChild(pid) {
  if (held) writeFileSync(lock, (held = entry([process.pid, pid])));
}

const entry = (pids) => JSON.stringify({ host: hostname(), pids });

/** Runs `work` while no other preparation of this checkout runs; waits for one that does. */
export async function alone(work) {
  await take();
  const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), heartbeatMs);
  process.on("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    release();
  }
}

async function take() {
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, entry([process.pid]), { flag: "wx" });
      held = entry([process.pid]);
      return;
    } catch (error) {
      if (["EACCES", "EPERM", "EROFS"].includes(error.code))
        throw new PrepareError(
          `this folder is not yours to write (${lock}); clone it as the user who runs it.`,
        );
      if (error.code !== "EEXIST") throw error;
    }
    if (abandoned()) setAside();
    else {
      if (!told) console.error(`tenfold: waiting for another preparation of this checkout (${lock})`);
      told = true;
      await sleep(250);
    }
  }
}

/** Whether whoever wrote the lock is gone, together with the program it had started. */
function abandoned() {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const text = readFileSync(lock, "utf8");
    // Empty for an instant between the file's creation and its content.
    if (text === "") return age > heartbeatMs;
    const { host, pids } = JSON.parse(text);
    return age > forgottenMs || (host === hostname() && !pids.some(alive));
  } catch (error) {
    return error instanceof SyntaxError;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** A rename succeeds for one of several waiters only; the others find no file and try again. */
function setAside() {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function release() {
  if (held) rmSync(lock, { force: true });
  held = null;
}
