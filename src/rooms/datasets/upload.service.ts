import { clock } from "../../kernel/clock.js";
import { anonymous, bearerOf, type Origin } from "../../kernel/context.js";
import { equalSecrets, sha256 } from "../../kernel/crypto.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { Conflict, NotFound } from "../../kernel/errors.js";
import type { UploadReceiver, UploadSlots } from "../../kernel/uploads/index.js";
import type { IdentityRoom } from "../identity/index.js";
import type { TenancyService } from "../tenancy/index.js";
import { Dataset, DatasetFormat, DatasetStatus } from "./dataset.entity.js";
import { UploadExpired } from "./dataset.errors.js";
import { type DatasetEvent, datasetFacts } from "./dataset.events.js";
import { sealingFor } from "./dataset-files.js";
import { type DatasetService, readyWith } from "./dataset.service.js";
import { takeInImages } from "./image-intake.js";
import type { DecoderPool } from "../../kernel/images/index.js";
import { type Intake, takeIn } from "./intake.js";
import { datasetTokens } from "./upload-token.js";

/** A file on its way: where it goes, and on whose behalf. */
export interface Upload {
  readonly tenant: TenantScope;
  readonly dataset: Dataset;
}

/** What arrives at upload URLs. The token is the credential; it acts for the person or key that asked for it. */
export class UploadService implements UploadReceiver<Upload> {
  readonly path = "/uploads";
  readonly tooLarge = "DATASET_TOO_LARGE";

  constructor(
    private readonly tenancy: TenancyService,
    private readonly authenticator: IdentityRoom["authenticator"],
    private readonly datasets: DatasetService,
    private readonly slots: UploadSlots,
    private readonly decoders: DecoderPool,
    private readonly limitBytes: number,
  ) {}

  /** Whether uploads wait for a place. */
  get crowded(): boolean {
    return this.slots.crowded;
  }

  /** Takes no further upload, not even those that wait already; those under way go on. */
  stop(): void {
    this.slots.close();
  }

  /**
   * Finds what a token is for, before a byte of the file is read. A wrong token tells nothing, not even whether its
   * tenant exists. Throws NOT_FOUND, CONFLICT (used), DATASET_UPLOAD_EXPIRED, TENANT_SUSPENDED, UNAUTHENTICATED
   * (who asked for it was deactivated or revoked).
   */
  async admit(text: string, origin: Origin): Promise<Upload> {
    const token = datasetTokens.parse(text);
    const known = token && (await this.tenancy.directory.find({ id: token.tenantId }));
    if (!token || !known) throw noSuchUpload();
    const stranger = this.tenancy.scope(known, { viewer: anonymous, origin });
    const dataset = await stranger.read((manager) => manager.findOneBy(Dataset, { id: token.id }));
    if (!dataset?.uploadHash || !equalSecrets(dataset.uploadHash, sha256(token.secret))) throw noSuchUpload();
    const viewer = bearerOf(dataset.createdBy, {
      issuedAt: dataset.createdAt,
      expiresAt: dataset.uploadExpiresAt,
    });
    await this.authenticator.renew({ viewer, tenant: known });
    if (dataset.status === DatasetStatus.READY) throw usedUp();
    if (!dataset.uploadExpiresAt || dataset.uploadExpiresAt <= clock.now()) throw new UploadExpired();
    return { tenant: this.tenancy.scope(known, { viewer, origin }), dataset };
  }

  /**
   * Reads the file to its end, then stores all of it at once. Whatever fails, the dataset stays PENDING and the same
   * URL can be tried again. Throws the DATASET_… errors, CONFLICT, RATE_LIMITED, UNAVAILABLE, TENANT_SUSPENDED, the
   * signal's reason.
   */
  async receive(upload: Upload, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<object> {
    const { id } = upload.tenant;
    const free = await this.slots.take(id);
    try {
      // A slow upload lasts for an hour, and the door asked whether the tenant is served at its beginning only.
      const dataset = await this.tenancy.watch.whileServed(id, (served) =>
        this.#take(upload, source, AbortSignal.any([signal, served])),
      );
      return { dataset: { id: dataset.id, status: dataset.status, rowCount: dataset.rowCount } };
    } finally {
      free();
    }
  }

  async #take(upload: Upload, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Dataset> {
    const { tenant, dataset } = upload;
    const { format, header } = dataset;
    const bytes = this.limitBytes;
    const intake =
      format === DatasetFormat.IMAGES
        ? await takeInImages(source, upload, this.decoders, { bytes, signal })
        : await takeIn(source, { format, header, limits: { bytes }, signal }, sealingFor(tenant, dataset.id));
    signal.throwIfAborted();
    return this.#store(tenant, dataset, intake);
  }

  #store(tenant: TenantScope, before: Dataset, intake: Intake): Promise<Dataset> {
    const dataset = Object.assign(new Dataset(), before, readyWith(intake));
    return tenant.write("dataset.upload", async (work) => {
      const { id } = dataset;
      // The row decides between two uploads, and between an upload and a deletion: the second finds nothing to change.
      const { affected } = await work.manager.update(
        Dataset,
        { id, status: DatasetStatus.PENDING },
        readyWith(intake),
      );
      if (affected !== 1) throw usedUp();
      await this.datasets.keep(work, dataset, intake);
      work.emit<DatasetEvent>({
        type: "dataset.uploaded",
        subject: id,
        before: datasetFacts(before),
        after: datasetFacts(dataset),
      });
      return dataset;
    });
  }
}

const noSuchUpload = (): Error => new NotFound("There is no such upload URL.");

const usedUp = (): Error =>
  new Conflict(
    "This upload URL has been used, or its dataset deleted. Create another dataset for another file.",
  );
