import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { badInput } from "../../../kernel/errors.js";
import type { Dataset, ImageExamples } from "../../datasets/index.js";
import { imageCell, imageInputOf, keptRows } from "../../learning/index.js";
import type { ModelVersion } from "../../models/index.js";
import { type HeldOutRow, mostRows } from "./held-out.js";

/** Pixels are many times a table's row, so there are few at once. */
const imagesOfRequest = 64;

/** Throws BAD_USER_INPUT where images are read and there are none. */
export function checkImages({ number }: ModelVersion, { images }: Dataset): void {
  if (images) return;
  throw badInput(
    "datasetId",
    `The version ${number} reads images and the dataset holds a table. Choose one in the format IMAGES.`,
  );
}

/** The images at these places in the size in which a version sees them, at most 5,000, request by request as they are read. */
export async function* heldOutImages(
  images: ImageExamples,
  tenant: TenantScope,
  dataset: Dataset,
  { id, signature }: ModelVersion,
  places: readonly number[],
): AsyncGenerator<HeldOutRow[]> {
  const input = imageInputOf(signature);
  if (!input) return;
  const { column, ...size } = input;
  const wanted = new Set(keptRows(places, mostRows).map((at) => places[at]));
  let chunk: HeldOutRow[] = [];
  let place = 0;
  for await (const { label, pixels } of images.examples(tenant, dataset, size)) {
    if (wanted.has(place))
      chunk.push({ place, target: label, inputs: new Map([[id, { [column]: imageCell(pixels) }]]) });
    place += 1;
    if (chunk.length < imagesOfRequest) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
