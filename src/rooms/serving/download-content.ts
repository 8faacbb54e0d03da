import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { type ExportFormat, type ExportFile, exportFiles, zipped } from "../learning/index.js";
import type { ModelVersion } from "../models/index.js";
import { type BatchPrediction, BatchPredictionFormat } from "./batch/batch-prediction.entity.js";
import { resultBytes } from "./batch/batch-pieces.js";
import { type ByteRange, within } from "./byte-range.js";
import type { ServingEvent } from "./serving.events.js";

/** A file to be fetched, whole or in part. */
export interface Content {
  name: string;
  /** Media type. */
  type: string;
  size: number;
  /** Another one for other bytes (RFC 9110, 8.8.3), so that parts fetched at different times fit together. */
  etag: string;
  /** What its bytes are metered on, and the fact that the trail keeps of them. */
  subject: string;
  event: ServingEvent["type"];
  read: (range: ByteRange) => AsyncIterable<Uint8Array>;
}

const pieceBytes = 256 * 1024;

async function* piecesOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts)
    for (let at = 0; at < part.length; at += pieceBytes) {
      yield part.subarray(at, at + pieceBytes);
      await turn();
    }
}

/** Size and digest of what is made as it is read: an archive's are known only once it was made. */
async function measured(source: AsyncIterable<Uint8Array>): Promise<{ size: number; etag: string }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, etag: `"${hash.digest("base64url")}"` };
}

/** A version in a format: one file as it is, several as a ZIP archive. Throws ARTEFACT_INVALID. */
export async function versionContent(
  version: ModelVersion,
  artefact: Uint8Array,
  format: ExportFormat,
): Promise<Content> {
  const files: ExportFile[] = exportFiles(artefact, format);
  const [only, ...others] = files;
  const single = only && others.length === 0 ? only : null;
  const whole = (): AsyncIterable<Uint8Array> =>
    single ? piecesOf(single.parts) : zipped(files, version.createdAt);
  const extension = single ? (single.name.split(".").at(-1) ?? "bin") : "zip";
  return {
    ...(await measured(whole())),
    name: `${version.id}.${extension}`,
    type: single ? "application/octet-stream" : "application/zip",
    subject: version.id,
    event: "version.downloaded",
    read: (range) => within(whole(), range),
  };
}

const kinds: Record<BatchPredictionFormat, { extension: string; type: string }> = {
  [BatchPredictionFormat.CSV]: { extension: "csv", type: "text/csv; charset=utf-8; header=present" },
  [BatchPredictionFormat.JSON_LINES]: { extension: "jsonl", type: "application/jsonl; charset=utf-8" },
};

/** The result of a batch prediction, which never changes, opened piece by piece from where the range begins. */
export function batchContent(tenant: TenantScope, { id, format, sizeBytes }: BatchPrediction): Content {
  const { extension, type } = kinds[format];
  return {
    name: `${id}.${extension}`,
    type,
    size: sizeBytes,
    etag: `"${id}"`,
    subject: id,
    event: "batchPrediction.downloaded",
    read: ({ from, to }) => inPieces(resultBytes(tenant, id, from, to)),
  };
}

async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of source) yield* piecesOf([part]);
}
