import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../root.js";

export const peersFolder = join(root, "scripts", "bench", "peers");
const stamp = join(peersFolder, "node_modules", ".tenfold-installed");
const wanted = (): string => readFileSync(join(peersFolder, "package-lock.json"), "utf8");

/** Installs the servers to compare with, once for each lock file; nothing but this benchmark needs them. */
export async function installPeers(): Promise<void> {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted()) return;
  console.error("tenfold: installing the servers to compare with (a minute, the first time only) …");
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  const npm = spawn("npm", ["ci", ...quiet], {
    cwd: peersFolder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  const [code] = (await once(npm, "exit")) as [number | null];
  if (code !== 0)
    throw new Error("npm ci failed in scripts/bench/peers; its reason is above. It needs the network.");
  writeFileSync(stamp, wanted());
}
