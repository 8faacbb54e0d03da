import { clock } from "../../kernel/clock.js";
import { anonymous, type Origin, type Viewer } from "../../kernel/context.js";
import { equalSecrets, sha256 } from "../../kernel/crypto.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { NotFound } from "../../kernel/errors.js";
import type { IdentityRoom } from "../identity/index.js";
import { type ExportFile, exportFiles, sizeOfFiles } from "../learning/index.js";
import { Meter, type MeteringService } from "../metering/index.js";
import { ModelVersion, type VersionService } from "../models/index.js";
import type { TenancyService } from "../tenancy/index.js";
import { Download } from "./download.entity.js";
import { parseDownloadToken } from "./download-token.js";
import type { ServingEvent } from "./serving.events.js";

/** What a token opens, and on whose behalf. */
interface Opened {
  readonly tenant: TenantScope;
  readonly download: Download;
}

export interface Exported {
  version: ModelVersion;
  files: ExportFile[];
}

/** What is fetched from download URLs. The token is the credential; it acts for the person or key that asked for it. */
export class DownloadService {
  constructor(
    private readonly tenancy: TenancyService,
    private readonly authenticator: IdentityRoom["authenticator"],
    private readonly metering: MeteringService,
    private readonly versions: VersionService,
  ) {}

  /**
   * Finds what a token is for. Wrong, expired and another tenant's answer alike: NOT_FOUND. Who holds a good one is
   * told more: TENANT_SUSPENDED, UNAUTHENTICATED (who asked for it was deactivated or revoked).
   */
  async open(text: string, origin: Origin): Promise<Opened> {
    const token = parseDownloadToken(text);
    const known = token && (await this.tenancy.directory.find({ id: token.tenantId }));
    if (!token || !known) throw noSuchDownload();
    const stranger = this.tenancy.scope(known, { viewer: anonymous, origin });
    const download = await stranger.read((manager) => manager.findOneBy(Download, { id: token.downloadId }));
    const right = download !== null && equalSecrets(download.secretHash, sha256(token.secret));
    if (!right || download.expiresAt <= clock.now()) throw noSuchDownload();
    const viewer = viewerOf(download);
    await this.authenticator.renew({ viewer, tenant: known });
    return { tenant: this.tenancy.scope(known, { viewer, origin }), download };
  }

  /** The export's files; given out only once their bytes are metered. Throws NOT_FOUND, ARTEFACT_INVALID. */
  async export({ tenant, download: { id, versionId, format } }: Opened): Promise<Exported> {
    const version = await tenant.read((manager) => manager.findOneBy(ModelVersion, { id: versionId }));
    if (!version) throw noSuchDownload();
    const files = exportFiles(await this.versions.artefact(tenant, versionId), format);
    const bytes = sizeOfFiles(files);
    await tenant.write("version.download", async (work) => {
      await this.metering.consume(work, Meter.EXPORT_BYTES, bytes, versionId);
      work.emit<ServingEvent>({
        type: "version.downloaded",
        subject: versionId,
        after: { format, downloadId: id, bytes },
      });
    });
    return { version, files };
  }
}

const noSuchDownload = (): Error => new NotFound("There is no such download URL, or no longer.");

/** Who asked for the download, with no permission but what the token itself gives. */
function viewerOf({ createdBy, createdAt, expiresAt }: Download): Viewer {
  const kind = createdBy?.startsWith("key_") ? "apiKey" : createdBy ? "user" : "system";
  return { ...anonymous, kind, id: createdBy, issuedAt: createdAt, expiresAt };
}
