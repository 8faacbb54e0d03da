import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Artefact, packArtefact } from "../../../../src/rooms/learning/artefact.js";
import { exportFiles } from "../../../../src/rooms/learning/exchange/export-formats.js";

/** Whether this machine's Python has a module; Python is no part of Tenfold. */
export const has = (module: string): boolean => spawnSync("python3", ["-c", `import ${module}`]).status === 0;

/** What the generated code answers to rows, from a folder of its own. */
export function predictions(artefact: Artefact, rows: readonly object[]): Record<string, unknown>[] {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-export-"));
  try {
    for (const { name, parts } of exportFiles(packArtefact(artefact).bytes, "SAFETENSORS"))
      writeFileSync(join(folder, name), Buffer.concat(parts));
    const input = rows.map((row) => JSON.stringify(row)).join("\n");
    const lines = execFileSync("python3", ["-B", "model.py"], {
      input,
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
      stdio: "pipe",
    });
    return lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
