import { setImmediate as turn } from "node:timers/promises";
import { Zip, ZipPassThrough } from "fflate";
import type { ExportFile } from "./export-file.js";

const pieceBytes = 256 * 1024;

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/**
 * The files as one ZIP archive, piece by piece and with turns for others in between. Stored and not compressed:
 * trained weights are noise to a compressor. `at` is the time that the archive names.
 */
export async function* zipped(files: readonly ExportFile[], at: Date): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  for (const { name, parts } of files) {
    const entry = new ZipPassThrough(name);
    entry.mtime = at;
    archive.add(entry);
    for (const part of parts) {
      for (const piece of pieces(part)) {
        // A copy: what is handed on must not be a view of weights that others may still read.
        entry.push(piece.slice());
        yield* ready.splice(0);
        await turn();
      }
    }
    entry.push(new Uint8Array(), true);
  }
  archive.end();
  yield* ready.splice(0);
}
