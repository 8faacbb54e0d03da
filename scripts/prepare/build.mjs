import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { at, digest, files, PrepareError, run, stamped, told } from "./run.mjs";

/** For commands that mend what does not compile, such as the one that writes the typed client anew. */
const anyway = process.argv.includes("--compile-anyway");

const compileStamp = "dist/.compiled";
const bundleStamp = "dist/explorer/.built";
const compiledFolders = ["src", "scripts", "test", "schema"];

const isSource = (path) => /\.(tsx?|json)$/.test(path);

/** The program of an installed package, run by the Node that is installed with it. */
const tool = (name) => at("node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);

function sources() {
  const settings = ["package-lock.json", "tsconfig.json"];
  const code = compiledFolders.flatMap((folder) => [...files(folder, isSource)]);
  return [...settings, ...code];
}

/** Outputs whose source is gone: a deleted spec would run on, a deleted module would still be found. */
function stale() {
  const outputs = compiledFolders.flatMap((folder) => [
    ...files(`dist/${folder}`, (path) => path.endsWith(".js")),
  ]);
  return outputs.some((path) => {
    const source = path.replace("dist/", "").replace(/\.js$/, "");
    return !existsSync(at(`${source}.ts`)) && !existsSync(at(`${source}.tsx`));
  });
}

export const compiled = () => existsSync(at("dist/src/main.js")) && stamped(compileStamp, digest(sources()));

export async function compile() {
  const value = digest(sources());
  // Also when the stamp is missing: what a killed or foreign compilation left behind is not to be trusted.
  if (!existsSync(at(compileStamp)) || stale() || !existsSync(at("dist/src/main.js"))) clean();
  rmSync(at(compileStamp), { force: true });
  await told("compiling", async () => {
    if ((await run(tool("tsc"), ["-p", "tsconfig.json"])) === 0 || anyway) return;
    // Kept, so that only what is mended is compiled again; the faults are reported anew each time.
    throw new PrepareError("the sources do not compile; the faults are above.");
  });
  if (!anyway) writeFileSync(at(compileStamp), value);
}

function clean() {
  for (const part of [...compiledFolders, ".tsbuildinfo"])
    rmSync(at("dist", part), { recursive: true, force: true });
}

const explorer = "src/explorer";
const explorerSources = () => ["package-lock.json", ...files(explorer)];

export const bundled = () =>
  !existsSync(at(explorer)) ||
  (existsSync(at("dist/explorer/index.html")) && stamped(bundleStamp, digest(explorerSources())));

export async function bundle() {
  const value = digest(explorerSources());
  rmSync(at(bundleStamp), { force: true });
  await told("bundling the explorer", async () => {
    const config = ["--config", `${explorer}/vite.config.ts`, "--logLevel", "warn"];
    if ((await run(tool("vite"), ["build", ...config])) === 0) return;
    throw new PrepareError("the explorer could not be bundled; the reason is above.");
  });
  mkdirSync(at("dist/explorer"), { recursive: true });
  writeFileSync(at(bundleStamp), value);
}

// AssemblyScript, which borrows TypeScript's syntax and is not TypeScript; tsc leaves the folder out.
const kernels = "src/rooms/learning/compute/kernels";
const kernelModule = "dist/src/rooms/learning/compute/kernels.wasm";
const kernelStamp = "dist/.kernels";
const kernelSources = () => ["package-lock.json", "scripts/prepare/build.mjs", ...files(kernels)];

export const assembled = () => existsSync(at(kernelModule)) && stamped(kernelStamp, digest(kernelSources()));

/** Compiles the compute kernels. They work in tfjs's memory, so they must own none of it: no data, no runtime. */
export async function assemble() {
  const value = digest(kernelSources());
  rmSync(at(kernelStamp), { force: true });
  const memory = ["--runtime", "stub", "--importMemory", "--noExportMemory", "--initialMemory", "0"];
  const speed = [
    "-O3",
    "--noAssert",
    "--enable",
    "simd",
    "--enable",
    "relaxed-simd",
    "--disableWarning",
    "112",
  ];
  await told("compiling the compute kernels", async () => {
    const options = ["--outFile", kernelModule, ...memory, ...speed];
    if ((await run(tool("asc"), [`${kernels}/index.ts`, ...options])) === 0) return;
    throw new PrepareError("the compute kernels do not compile; the faults are above.");
  });
  writeFileSync(at(kernelStamp), value);
}
