import type { Artefact } from "../artefact.js";
import { allWeights } from "./described.js";
import { bytesOf, type ExportFile } from "./export-file.js";

const alignment = 8;

/**
 * All weights under the names of `weightShapes` as safetensors: the header's length as uint64, the header as JSON
 * padded with spaces to a multiple of eight, then float32 values; little-endian.
 * https://github.com/huggingface/safetensors#format
 */
export function safetensorsFile(artefact: Artefact, metadata: Readonly<Record<string, string>>): ExportFile {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { shape, values }] of allWeights(artefact)) {
    header[name] = { dtype: "F32", shape, data_offsets: [at, (at += values.byteLength)] };
    parts.push(bytesOf(values));
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / alignment) * alignment;
  const prefix = Buffer.alloc(8 + padded, " ");
  prefix.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(prefix, 8);
  return { name: "model.safetensors", parts: [prefix, ...parts] };
}
