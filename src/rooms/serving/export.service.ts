import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import { NotFound } from "../../kernel/errors.js";
import { ModelVersion } from "../models/index.js";
import { Download } from "./download.entity.js";
import { formatDownloadToken, newDownloadSecret } from "./download-token.js";
import type { ExportVersionInput, ExportVersionPayload } from "./export.inputs.js";
import type { ServingEvent } from "./serving.events.js";

const openMs = 10 * 60_000;

/** Gives leave to download. Together with `DownloadService` the sole user of `download`. */
export class ExportService {
  /** A URL for one version in one format. Nothing is written yet. Throws NOT_FOUND, for another model's version too. */
  async export(
    { tenant, viewer, baseUrl }: TenantContext,
    { modelId, version: number, format }: ExportVersionInput,
  ): Promise<ExportVersionPayload> {
    const secret = newDownloadSecret();
    const createdAt = clock.now();
    const expiresAt = new Date(createdAt.getTime() + openMs);
    const id = newId("download");
    const version = await tenant.write("version.export", async (work) => {
      const found = await work.manager.findOneBy(ModelVersion, { modelId, number });
      if (!found) throw new NotFound("There is no such version of this model.");
      await work.query("delete from download where expires_at < $1", [createdAt]);
      const secretHash = sha256(secret);
      const { id: versionId } = found;
      await work.manager.insert(Download, {
        id,
        versionId,
        format,
        secretHash,
        createdBy: viewer.id,
        createdAt,
        expiresAt,
      });
      work.emit<ServingEvent>({
        type: "version.exported",
        subject: versionId,
        after: { format, downloadId: id },
      });
      return found;
    });
    const token = formatDownloadToken({ tenantId: tenant.id, downloadId: id, secret });
    return { version, url: `${baseUrl}/downloads/${token}`, expiresAt };
  }
}
