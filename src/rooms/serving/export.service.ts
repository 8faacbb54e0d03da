import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import { NotFound } from "../../kernel/errors.js";
import { checkExport } from "../learning/index.js";
import { ModelVersion, type VersionService } from "../models/index.js";
import { Download } from "./download.entity.js";
import { formatDownloadToken, newDownloadSecret } from "./download-token.js";
import type { ExportVersionInput, ExportVersionPayload } from "./export.inputs.js";
import type { ServingEvent } from "./serving.events.js";

const openMs = 10 * 60_000;

/** Gives leave to download. Together with `DownloadService` the sole user of `download`. */
export class ExportService {
  constructor(private readonly versions: VersionService) {}

  /**
   * A URL for one version in one format. Throws NOT_FOUND, for another model's version too; EXPORT_UNSUPPORTED at
   * `format` where it can't express the network.
   */
  async export(context: TenantContext, input: ExportVersionInput): Promise<ExportVersionPayload> {
    const { tenant, viewer, baseUrl } = context;
    const { format } = input;
    const version = await this.#version(context, input);
    const secret = newDownloadSecret();
    const createdAt = clock.now();
    const download = Object.assign(new Download(), {
      id: newId("download"),
      versionId: version.id,
      format,
      secretHash: sha256(secret),
      createdBy: viewer.id,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + openMs),
    });
    const { id: downloadId, expiresAt } = download;
    await tenant.write("version.export", async (work) => {
      await work.query("delete from download where expires_at < $1", [createdAt]);
      await work.manager.insert(Download, download);
      work.emit<ServingEvent>({
        type: "version.exported",
        subject: version.id,
        after: { format, downloadId },
      });
    });
    const token = formatDownloadToken({ tenantId: tenant.id, downloadId, secret });
    return { version, url: `${baseUrl}/downloads/${token}`, expiresAt };
  }

  async #version({ tenant }: TenantContext, input: ExportVersionInput): Promise<ModelVersion> {
    const { modelId, version: number, format } = input;
    const version = await tenant.read((manager) => manager.findOneBy(ModelVersion, { modelId, number }));
    if (!version) throw new NotFound("There is no such version of this model.");
    checkExport(await this.versions.artefact(tenant, version.id), format);
    return version;
  }
}
