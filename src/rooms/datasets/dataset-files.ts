import { createHash } from "node:crypto";
import type { ReadPiece } from "../../kernel/archives/index.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { NotFound } from "../../kernel/errors.js";
import { type Dataset, DatasetPiece } from "./dataset.entity.js";
import type { Intake } from "./intake.js";
import { unpack } from "./packing.js";
import type { SealPiece } from "./sealed-copy.js";

/** Binds a piece to its place: one moved to another dataset or position no longer opens. */
const place = (datasetId: string, position: number): string => `dataset:${datasetId}:${position}`;

export const sealingFor =
  (tenant: TenantScope, datasetId: string): SealPiece =>
  (packed, position) =>
    tenant.seal(packed, place(datasetId, position));

/** Opens the pieces of a file that is not stored yet, as they were sealed. */
export const openingOf =
  (tenant: TenantScope, datasetId: string, pieces: readonly Buffer[]): ReadPiece =>
  (position) =>
    unpack(tenant.open(pieces[position] ?? Buffer.alloc(0), place(datasetId, position)));

/**
 * One piece of a stored file, in a read of its own. It is authenticated for its place, so that one can be read without
 * those before it. Throws NOT_FOUND when the dataset is deleted meanwhile, an internal error when it was altered.
 */
export async function storedPiece(tenant: TenantScope, { id }: Dataset, position: number): Promise<Buffer> {
  const [piece] = await tenant.query<{ bytes: Buffer }>(
    "select bytes from dataset_piece where dataset_id = $1 and position = $2",
    [id, position],
    "dataset_piece",
  );
  if (!piece) throw new NotFound("There is no such dataset any more.");
  return unpack(tenant.open(piece.bytes, place(id, position)));
}

export async function storePieces(work: UnitOfWork, datasetId: string, { pieces }: Intake): Promise<void> {
  // One statement a piece: together they may be a hundred megabytes, and a driver copies what it sends.
  for (const [position, bytes] of pieces.entries())
    await work.manager.insert(DatasetPiece, { datasetId, position, bytes });
}

/**
 * The bytes of a file as it was uploaded, piece by piece, each from a read of its own: a slow reader holds no connection.
 * Throws what `storedPiece` throws, and an internal error when the file was cut off.
 */
export async function* storedBytes(tenant: TenantScope, dataset: Dataset): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let read = 0;
  for (let position = 0; read < (dataset.sizeBytes ?? 0); position++) {
    const plain = await storedPiece(tenant, dataset, position);
    hash.update(plain);
    read += plain.length;
    yield plain;
  }
  if (hash.digest("hex") !== dataset.sha256)
    throw new Error(`The stored file of ${dataset.id} is not the one uploaded.`);
}
