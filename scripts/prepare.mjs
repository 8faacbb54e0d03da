// Brings the checkout up to date before `npm start` and `npm test`: installs when the lock file changed,
// compiles when a source is newer than the last build. Needs nothing but Node, so it runs on a bare clone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);

function run(command, args, what) {
  console.error(`tenfold: ${what} …`);
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (done.status === 0) return;
  console.error(`tenfold: ${what} failed (${[command, ...args].join(" ")}).`);
  process.exit(done.status ?? 1);
}

function* files(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* files(join(path, name));
}

/** Digest of the contents of files and folders, so that a touched but unchanged file rebuilds nothing. */
function digest(...paths) {
  const hash = createHash("sha256");
  for (const path of paths) for (const file of files(at(path))) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

/** Runs `build` unless `stamp` already holds `value`; the stamp is written last, so a killed build runs again. */
function upToDate(stamp, value, build) {
  if (existsSync(at(stamp)) && readFileSync(at(stamp), "utf8") === value) return;
  rmSync(at(stamp), { force: true });
  build();
  mkdirSync(dirname(at(stamp)), { recursive: true });
  writeFileSync(at(stamp), value);
}

const bin = (name) => at("node_modules", ".bin", name);

upToDate("node_modules/.tenfold-installed", digest("package.json", "package-lock.json"), () =>
  run("npm", ["ci", "--no-audit", "--no-fund"], "installing dependencies"),
);
upToDate("dist/.compiled", digest("tsconfig.json", "ormconfig.ts", "src", "scripts", "test", "schema"), () =>
  run(bin("tsc"), ["-p", "tsconfig.json"], "compiling"),
);
if (existsSync(at("src/explorer/vite.config.ts"))) {
  upToDate("dist/explorer/.built", digest("src/explorer", "package-lock.json"), () =>
    run(
      bin("vite"),
      ["build", "--config", "src/explorer/vite.config.ts", "--logLevel", "warn"],
      "bundling the explorer",
    ),
  );
}
