import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import { Download } from "./download.entity.js";
import { formatDownloadToken, newDownloadSecret } from "./download-token.js";
import type { ServingEvent } from "./serving.events.js";

const openMs = 10 * 60_000;

/** What is to be fetched: a version or a result, and the fact that the trail keeps of it. */
interface Subject {
  versionId?: string;
  batchId?: string;
  format: string;
  /** When there is nothing to fetch any more; null is never. */
  until?: Date | null;
  event: (downloadId: string) => ServingEvent;
}

/** Grants downloads. Together with `DownloadService` the sole user of `download`. */
export class DownloadGrants {
  /** A URL that opens one thing for ten minutes, and no longer than there is one; its secret is nowhere but in it. */
  async give(
    { tenant, viewer, baseUrl }: TenantContext,
    operation: string,
    { versionId, batchId, format, until, event }: Subject,
  ): Promise<{ url: string; expiresAt: Date }> {
    const secret = newDownloadSecret();
    const createdAt = clock.now();
    const expiresAt = new Date(Math.min(createdAt.getTime() + openMs, until?.getTime() ?? Infinity));
    const download = Object.assign(new Download(), {
      id: newId("download"),
      versionId: versionId ?? null,
      batchId: batchId ?? null,
      format,
      secretHash: sha256(secret),
      createdBy: viewer.id,
      createdAt,
      expiresAt,
    });
    await tenant.write(operation, async (work) => {
      await work.query("delete from download where expires_at < $1", [createdAt]);
      await work.manager.insert(Download, download);
      work.emit(event(download.id));
    });
    const token = formatDownloadToken({ tenantId: tenant.id, downloadId: download.id, secret });
    return { url: `${baseUrl}/downloads/${token}`, expiresAt };
  }
}
