import type { TenantContext } from "../../kernel/context.js";
import { NotFound } from "../../kernel/errors.js";
import { checkExport } from "../learning/index.js";
import { ModelVersion, type VersionService } from "../models/index.js";
import type { DownloadGrants } from "./download-grants.js";
import type { ExportVersionInput, ExportVersionPayload } from "./export.inputs.js";

/** Versions for use elsewhere. */
export class ExportService {
  constructor(
    private readonly versions: VersionService,
    private readonly grants: DownloadGrants,
  ) {}

  /**
   * A URL for one version in one format. Throws NOT_FOUND, for another model's version too; EXPORT_UNSUPPORTED at
   * `format` where it can't express the network.
   */
  async export(context: TenantContext, input: ExportVersionInput): Promise<ExportVersionPayload> {
    const { format } = input;
    const version = await this.#version(context, input);
    const given = await this.grants.give(context, "version.export", {
      versionId: version.id,
      format,
      event: (downloadId) => ({
        type: "version.exported",
        subject: version.id,
        after: { format, downloadId },
      }),
    });
    return { ...given, version };
  }

  async #version({ tenant }: TenantContext, input: ExportVersionInput): Promise<ModelVersion> {
    const { modelId, version: number, format } = input;
    const version = await tenant.read((manager) => manager.findOneBy(ModelVersion, { modelId, number }));
    if (!version) throw new NotFound("There is no such version of this model.");
    checkExport(await this.versions.artefact(tenant, version.id), format);
    return version;
  }
}
