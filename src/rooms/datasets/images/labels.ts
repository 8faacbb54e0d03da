import { type Archive, type ArchiveFile, shown } from "../../../kernel/archives/index.js";
import { isPlainlySeen } from "../../../kernel/visible-text.js";
import { DatasetImageInvalid, DatasetImageLabel } from "../dataset.errors.js";
import { atPlace } from "../dataset.errors.js";
import { readTable } from "../reading/index.js";
import type { ImageLimits } from "./limits.js";
import { aboutFile } from "./refusals.js";

/** An image of an archive, not yet read, and the class it belongs to. */
export interface LabelledFile extends ArchiveFile {
  label: string;
}

const labelFile = /^(?:[^/]+\/)?labels\.csv$/i;
const imageName = /\.(?:png|jpe?g)$/i;

/**
 * The images of an archive with their labels: from `labels.csv` (columns file and label) at its top or in its only
 * folder, else from the folder that each lies in.
 *
 * @throws DATASET_IMAGE_LABEL for an image without label, a label without image, one class only; DATASET_IMAGE_INVALID
 * for a file that is named as no image; what a CSV file throws.
 */
export async function labelledFiles(archive: Archive, limits: ImageLimits): Promise<LabelledFile[]> {
  const table = archive.files.find(({ path }) => labelFile.test(path));
  const images = archive.files.filter((file) => file !== table);
  const stranger = images.find(({ path }) => !imageName.test(path));
  if (stranger)
    throw aboutFile(
      DatasetImageInvalid,
      stranger.path,
      "is named as no image. Send .png, .jpg and .jpeg, and labels.csv.",
    );
  if (images.length === 0)
    throw atPlace(
      DatasetImageLabel,
      "The archive holds no images. Put each in a folder named by its label, or send a labels.csv beside them.",
    );
  const labels = table ? await labelsIn(archive, table, images, limits) : null;
  const labelled = images.map((file) => ({ ...file, label: labels?.get(file.path) ?? folderOf(file.path) }));
  checkLabels(labelled, limits);
  return labelled;
}

function folderOf(path: string): string {
  const folder = path.split("/").at(-2);
  if (folder !== undefined && folder.trim() !== "") return folder.trim();
  throw aboutFile(
    DatasetImageLabel,
    path,
    "has no label. Put it in a folder named by its label, or send a labels.csv.",
  );
}

function checkLabels(files: readonly LabelledFile[], { labelLength }: ImageLimits): void {
  const long = files.find(({ label }) => label.length > labelLength);
  if (long)
    throw aboutFile(DatasetImageLabel, long.path, `has a label of more than ${labelLength} characters.`);
  const odd = files.find(({ label }) => !isPlainlySeen(label));
  if (odd)
    throw aboutFile(
      DatasetImageLabel,
      odd.path,
      "has a label with characters that can't be seen, or that turn the text around. Write it without them.",
    );
  const [first] = files;
  if (files.some(({ label }) => label !== first?.label)) return;
  throw atPlace(
    DatasetImageLabel,
    `All images have the label ${shown(first?.label ?? "")}. Send images of two classes or more.`,
  );
}

/** The labels of the label file; each row must name an image, and each image must be named once. */
async function labelsIn(
  archive: Archive,
  table: ArchiveFile,
  images: readonly ArchiveFile[],
  limits: ImageLimits,
): Promise<Map<string, string>> {
  const base = table.path.slice(0, table.path.lastIndexOf("/") + 1);
  const known = new Set(images.map(({ path }) => path));
  const labels = new Map<string, string>();
  for await (const { file, label } of rowsOf(await archive.read(table), table.path, limits)) {
    const path = known.has(file) ? file : base + file;
    if (!known.has(path))
      throw aboutFile(DatasetImageLabel, file, "is named in labels.csv and not in the archive.");
    if (labels.has(path)) throw aboutFile(DatasetImageLabel, path, "is named in labels.csv twice.");
    if (label === "")
      throw aboutFile(
        DatasetImageLabel,
        path,
        "has no label in labels.csv. Write one, or leave the image out.",
      );
    labels.set(path, label);
  }
  const without = images.find(({ path }) => !labels.has(path));
  if (without) throw aboutFile(DatasetImageLabel, without.path, "is not named in labels.csv.");
  return labels;
}

async function* rowsOf(
  bytes: Buffer,
  path: string,
  { entries, nameLength }: ImageLimits,
): AsyncGenerator<{ file: string; label: string }> {
  const source = (async function* () {
    yield bytes;
  })();
  const options = { format: "CSV" as const, header: true, limits: { rows: entries, columns: 100 } };
  const table = await readTable(source, options);
  const [file, label] = ["file", "label"].map((name) =>
    table.columns.findIndex((column) => column.trim().toLowerCase() === name),
  );
  if (file === undefined || label === undefined || file < 0 || label < 0) {
    await table.close();
    throw aboutFile(DatasetImageLabel, path, "needs the columns file and label.");
  }
  for await (const batch of table.batches)
    for (const row of batch)
      yield {
        file: (row[file] ?? "")
          .normalize("NFC")
          .replace(/^\.\//, "")
          .slice(0, nameLength + 1),
        label: (row[label] ?? "").trim(),
      };
}
