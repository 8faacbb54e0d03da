import { setTimeout as wait } from "node:timers/promises";
import { clock } from "../../kernel/clock.js";
import { anonymous, bearerOf, type Origin } from "../../kernel/context.js";
import { equalSecrets, sha256 } from "../../kernel/crypto.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { NotFound } from "../../kernel/errors.js";
import type { Log } from "../../kernel/log.js";
import { Meter } from "../metering/index.js";
import { ModelVersion } from "../models/index.js";
import { BatchPrediction, BatchPredictionStatus } from "./batch/batch-prediction.entity.js";
import type { Delivered } from "./delivery.js";
import { type Content, batchContent, versionContent } from "./download-content.js";
import { Download, ExportFormat } from "./download.entity.js";
import { parseDownloadToken } from "./download-token.js";
import type { ServingEvent } from "./serving.events.js";
import type { ServingServices } from "./services.js";

/** What a token opens, and on whose behalf. */
export interface Opened {
  readonly tenant: TenantScope;
  readonly download: Download;
}

/** Pauses before usage is written again that could not be, in milliseconds. */
const pauses = [100, 1_000, 3_000];

/** What is fetched from download URLs. The token is the credential; it acts for the person or key that asked for it. */
export class DownloadService {
  readonly #records = new Set<Promise<void>>();

  constructor(
    private readonly services: Pick<ServingServices, "tenancy" | "authenticator" | "metering" | "versions">,
    private readonly log: Log,
  ) {}

  /**
   * Finds what a token is for. Wrong, expired and another tenant's answer alike: NOT_FOUND. Who holds a good one is
   * told more: TENANT_SUSPENDED, UNAUTHENTICATED (who asked for it was deactivated or revoked).
   */
  async open(text: string, origin: Origin): Promise<Opened> {
    const { tenancy, authenticator } = this.services;
    const token = parseDownloadToken(text);
    const known = token && (await tenancy.directory.find({ id: token.tenantId }));
    if (!token || !known) throw noSuchDownload();
    const stranger = tenancy.scope(known, { viewer: anonymous, origin });
    const download = await stranger.read((manager) => manager.findOneBy(Download, { id: token.downloadId }));
    const right = download !== null && equalSecrets(download.secretHash, sha256(token.secret));
    if (!right || download.expiresAt <= clock.now()) throw noSuchDownload();
    const viewer = bearerOf(download.createdBy, {
      issuedAt: download.createdAt,
      expiresAt: download.expiresAt,
    });
    await authenticator.renew({ viewer, tenant: known });
    return { tenant: tenancy.scope(known, { viewer, origin }), download };
  }

  /** The file. Throws NOT_FOUND, ARTEFACT_INVALID. */
  async content({ tenant, download: { versionId, batchId, format } }: Opened): Promise<Content> {
    if (batchId !== null) {
      const batch = await tenant.read((manager) => manager.findOneBy(BatchPrediction, { id: batchId }));
      if (batch?.status !== BatchPredictionStatus.SUCCEEDED) throw noSuchDownload();
      return batchContent(tenant, batch);
    }
    const version = await tenant.read((manager) => manager.findOneBy(ModelVersion, { id: versionId ?? "" }));
    const known = Object.entries(ExportFormat).find(([name]) => name === format)?.[1];
    if (!version || !known) throw noSuchDownload();
    return versionContent(version, await this.services.versions.artefact(tenant, version.id), known);
  }

  /**
   * Meters the bytes that left, in one event, however the download ended. Afterwards and not before, as nobody knows
   * how much a reader will take; a process that is killed in the middle leaves what it gave out unmetered.
   */
  record(opened: Opened, content: Content, delivered: Delivered): void {
    if (delivered.bytes === 0) return;
    const recorded = this.#record(opened, content, delivered).finally(() => this.#records.delete(recorded));
    this.#records.add(recorded);
  }

  async #record(opened: Opened, content: Content, { bytes, complete }: Delivered): Promise<void> {
    const { tenant, download } = opened;
    const { subject, event: type } = content;
    const write = (): Promise<void> =>
      tenant.write("download.record", async (work) => {
        await this.services.metering.record(work, Meter.EXPORT_BYTES, bytes, subject);
        const { id: downloadId, format } = download;
        work.emit<ServingEvent>({ type, subject, after: { format, downloadId, bytes, complete } });
      });
    for (const pause of [...pauses, null])
      try {
        return await write();
      } catch (error) {
        this.log.error({ err: error, tenantId: tenant.id, subject, bytes }, "metering a download");
        if (pause !== null) await wait(pause);
      }
  }

  /** Waits until what was given out is metered. */
  async close(): Promise<void> {
    await Promise.all(this.#records);
  }
}

const noSuchDownload = (): Error => new NotFound("There is no such download URL, or no longer.");
