import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { NotFound } from "../../kernel/errors.js";
import type { EntityManager } from "typeorm";
import { Meter, type MeteringService } from "../metering/index.js";
import { Dataset, DatasetFormat, DatasetStatus } from "./dataset.entity.js";
import {
  atPlace,
  DatasetArchiveInvalid,
  DatasetNotReady,
  DatasetOfImages,
  DatasetTooLarge,
} from "./dataset.errors.js";
import { type DatasetEvent, datasetFacts } from "./dataset.events.js";
import { sealingFor, storedBytes, storePieces } from "./dataset-files.js";
import type { CreateDatasetInput, CreateDatasetPayload } from "./dataset.inputs.js";
import { placeAfter } from "./dataset-series.js";
import { type Intake, takeIn } from "./intake.js";
import {
  readTable,
  type Table,
  type TableProfile,
  targetBalance,
  type TargetBalance,
} from "./reading/index.js";
import { newUploadSecret } from "../../kernel/uploads/index.js";
import { datasetTokens } from "./upload-token.js";

const inlineBytes = 1024 * 1024;
const uploadMs = 60 * 60_000;

/** What a file that was read makes of its dataset. */
export const readyWith = ({ profile, images, sizeBytes, sha256 }: Intake): Partial<Dataset> => ({
  status: DatasetStatus.READY,
  rowCount: profile.rowCount,
  columns: profile.columns,
  images,
  sizeBytes,
  sha256,
  updatedAt: clock.now(),
});

/** The verbs of datasets. Together with `UploadService` the sole writer of `dataset` and `dataset_piece`. */
export class DatasetService {
  constructor(private readonly metering: MeteringService) {}

  /** With `content` a READY dataset, else a PENDING one and where to upload. Throws the DATASET_… errors of a file. */
  async create(
    context: TenantContext,
    { content, ...input }: CreateDatasetInput,
  ): Promise<CreateDatasetPayload> {
    const now = clock.now();
    const id = newId("dataset");
    const dataset = Object.assign(new Dataset(), {
      id,
      // A parent's series takes it in with the write that stores it.
      seriesId: id,
      version: 1,
      parentId: input.parentId ?? null,
      images: null,
      name: input.name,
      format: input.format,
      header: input.header ?? true,
      status: DatasetStatus.PENDING,
      rowCount: null,
      sizeBytes: null,
      sha256: null,
      columns: null,
      uploadHash: null,
      uploadExpiresAt: null,
      createdBy: context.viewer.id,
      createdAt: now,
      updatedAt: now,
    });
    return typeof content === "string"
      ? this.#createInline(context, dataset, content)
      : this.#createPending(context, dataset);
  }

  async #createInline(
    { tenant }: TenantContext,
    dataset: Dataset,
    content: string,
  ): Promise<CreateDatasetPayload> {
    const bytes = Buffer.from(content);
    if (bytes.length > inlineBytes) throw tooLargeInline(bytes.length);
    if (dataset.format === DatasetFormat.IMAGES) throw imagesInline();
    const intake = await takeIn(
      inOne(bytes),
      { format: dataset.format, header: dataset.header },
      sealingFor(tenant, dataset.id),
    );
    Object.assign(dataset, readyWith(intake));
    await tenant.write("dataset.create", async (work) => {
      await this.#insert(work, dataset);
      await this.keep(work, dataset, intake);
      work.emit<DatasetEvent>({ type: "dataset.created", subject: dataset.id, after: datasetFacts(dataset) });
    });
    return { dataset, uploadUrl: null };
  }

  async #createPending({ tenant, baseUrl }: TenantContext, dataset: Dataset): Promise<CreateDatasetPayload> {
    const secret = newUploadSecret();
    dataset.uploadHash = sha256(secret);
    dataset.uploadExpiresAt = new Date(dataset.createdAt.getTime() + uploadMs);
    await tenant.write("dataset.create", async (work) => {
      await this.#insert(work, dataset);
      work.emit<DatasetEvent>({ type: "dataset.created", subject: dataset.id, after: datasetFacts(dataset) });
    });
    const token = datasetTokens.format({ tenantId: tenant.id, id: dataset.id, secret });
    return { dataset, uploadUrl: `${baseUrl}/uploads/${token}` };
  }

  async #insert(work: UnitOfWork, dataset: Dataset): Promise<void> {
    const { parentId } = dataset;
    if (parentId !== null) Object.assign(dataset, await placeAfter(work, parentId, dataset));
    await work.manager.insert(Dataset, dataset);
  }

  /** Stores the pieces of a file and meters its bytes, in the caller's unit of work. */
  async keep(work: UnitOfWork, dataset: Dataset, intake: Intake): Promise<void> {
    await storePieces(work, dataset.id, intake);
    await this.metering.consume(work, Meter.DATASET_BYTES, intake.sizeBytes, dataset.id);
  }

  /** Deletes the dataset with its file and answers it as it was. Throws NOT_FOUND, DATASET_IN_USE (by its constraint). */
  delete({ tenant }: TenantContext, id: string): Promise<Dataset> {
    return tenant.write("dataset.delete", async (work) => {
      const dataset = await work.manager.findOne(Dataset, {
        where: { id },
        lock: { mode: "pessimistic_write" },
      });
      if (!dataset) throw noSuchDataset();
      await work.manager.delete(Dataset, { id });
      work.emit<DatasetEvent>({ type: "dataset.deleted", subject: id, before: datasetFacts(dataset) });
      return dataset;
    });
  }

  /** The dataset, read in a scope or in a transaction that is open already. Throws NOT_FOUND, for a foreign id too. */
  async require(tenant: TenantScope | EntityManager, id: string): Promise<Dataset> {
    const find = (manager: EntityManager): Promise<Dataset | null> => manager.findOneBy(Dataset, { id });
    const dataset = await (tenant instanceof TenantScope ? tenant.read(find) : find(tenant));
    if (dataset) return dataset;
    throw noSuchDataset();
  }

  /** The profile of a READY table to learn from. Throws DATASET_NOT_READY, DATASET_OF_IMAGES. */
  profile(dataset: Dataset): TableProfile {
    if (dataset.format === DatasetFormat.IMAGES) throw ofImages();
    return this.facts(dataset);
  }

  /** What is known of the columns of a READY dataset, of images too. Throws DATASET_NOT_READY. */
  facts({ rowCount, columns }: Dataset): TableProfile {
    if (rowCount === null || columns === null) throw new DatasetNotReady();
    return { rowCount, columns };
  }

  /** Throws DATASET_NOT_READY; BAD_USER_INPUT at `column` for one that the dataset doesn't have. */
  targetBalance(dataset: Dataset, column: string): TargetBalance {
    return targetBalance(this.facts(dataset), column);
  }

  /** The rows of a READY dataset, decrypted as they are taken. Throws DATASET_NOT_READY, DATASET_OF_IMAGES; see `storedBytes`. */
  async openTable(tenant: TenantScope, dataset: Dataset, signal?: AbortSignal): Promise<Table> {
    const knownColumns = this.profile(dataset).columns.map(({ name }) => name);
    const { format, header, sizeBytes } = dataset;
    if (format === DatasetFormat.IMAGES) throw ofImages();
    // Whatever the limit is today, this file was within it when it came.
    const limits = { bytes: sizeBytes ?? 0 };
    return readTable(storedBytes(tenant, dataset), { format, header, knownColumns, limits, signal });
  }
}

const ofImages = (): Error => {
  const message = "The dataset holds images and no table. Choose a dataset in CSV, TSV or JSONL.";
  return new DatasetOfImages(message, { fields: [{ path: "datasetId", message }] });
};

const imagesInline = (): Error =>
  atPlace(
    DatasetArchiveInvalid,
    "An archive of images can't be sent as text. Leave `content` out and PUT the archive to the `uploadUrl` you get.",
  );

const noSuchDataset = (): Error => new NotFound("There is no such dataset.");

function tooLargeInline(size: number): Error {
  const message =
    `The content has ${size.toLocaleString("en")} bytes; inline it may have ${inlineBytes.toLocaleString("en")} (1 MiB). ` +
    "Leave `content` out and PUT the file to the `uploadUrl` you get.";
  return atPlace(DatasetTooLarge, message, { limit: inlineBytes });
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
