import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { noteChild } from "./lock.mjs";
import { at, digest, PrepareError, run, stamped, systemPath, told } from "./run.mjs";

const stamp = "node_modules/.tenfold-installed";
const needed = [22, 18];

/** What an installation depends on: the lock file, what package.json asks for, and the kind of machine. */
function wanted() {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(at("package.json"), "utf8"),
  );
  const asked = JSON.stringify({ dependencies, devDependencies, optionalDependencies });
  return [digest(["package-lock.json"]), asked, process.platform, process.arch].join("\n");
}

export const installed = () => stamped(stamp, wanted());

/** Installs exactly what the lock file says. The stamp is written last, so a killed installation is made anew. */
export async function install() {
  const value = wanted();
  rmSync(at(stamp), { force: true });
  await told("installing the packages (a minute, the first time only)", npmCi);
  requireNode();
  writeFileSync(at(stamp), value);
}

async function npmCi() {
  // Warnings are about the system's Node, which runs nothing but this; errors are shown.
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  // A production environment would leave the compiler out.
  const everything = ["--include=dev", "--include=optional"];
  // onnxruntime-node brings its binaries along; its script would fetch those for CUDA from elsewhere, where npm runs it.
  const env = { ...process.env, PATH: systemPath(), ONNXRUNTIME_NODE_INSTALL: "skip" };
  const code = await run("npm", ["ci", ...quiet, ...everything], { env, started: noteChild });
  if (code !== 0)
    throw new PrepareError(
      "npm ci failed; its reason is above. The first installation needs the network. Run the same command again to resume.",
    );
}

/** Refuses an installation without a Node that can run Tenfold, e.g. because install scripts are switched off. */
function requireNode() {
  const own = at("node_modules", ".bin", "node");
  const node = existsSync(own) ? own : process.execPath;
  const said = spawnSync(node, ["--version"], { encoding: "utf8" });
  const [major = 0, minor = 0] = (said.stdout || "").trim().replace("v", "").split(".").map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  throw new PrepareError(
    `Node.js ${needed.join(".")} or newer is needed, and the npm package that brings it did not install ` +
      "(are install scripts switched off? npm config set ignore-scripts false). Or install Node.js 24 yourself.",
  );
}
