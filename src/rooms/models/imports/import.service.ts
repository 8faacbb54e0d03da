import { clock, newId } from "../../../kernel/clock.js";
import type { TenantContext } from "../../../kernel/context.js";
import { sha256 } from "../../../kernel/crypto.js";
import { newUploadSecret, UploadTokens } from "../../../kernel/uploads/index.js";
import type { ModelEvent } from "../model.events.js";
import type { ModelService } from "../model.service.js";
import type { ImportModelInput, ImportModelPayload } from "./import.inputs.js";
import { ModelImport } from "./model-import.entity.js";

/** The tokens of imports' upload URLs. */
export const importTokens = new UploadTokens("tim", "import");

const openMs = 60 * 60_000;

/** Gives leave to import. Together with `ImportUploads` the sole user of `model_import`. */
export class ImportService {
  constructor(private readonly models: ModelService) {}

  /** What was said fits the file or not when that is there. Throws NOT_FOUND. */
  async open(
    { tenant, viewer, baseUrl }: TenantContext,
    input: ImportModelInput,
  ): Promise<ImportModelPayload> {
    const { id: modelId } = await this.models.require(tenant, input.modelId);
    const { format, inputs = null, classes = null, pixels = null } = input;
    const secret = newUploadSecret();
    const createdAt = clock.now();
    const opened = Object.assign(new ModelImport(), {
      id: newId("import"),
      modelId,
      versionId: null,
      format,
      plan: { inputs, classes, pixels: pixels && { mean: pixels.mean, deviation: pixels.deviation } },
      sha256: input.sha256?.toLowerCase() ?? null,
      uploadHash: sha256(secret),
      createdBy: viewer.id,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + openMs),
    });
    const { id, expiresAt } = opened;
    await tenant.write("model.import", async (work) => {
      await work.query("delete from model_import where expires_at < $1 and version_id is null", [createdAt]);
      await work.manager.insert(ModelImport, opened);
      work.emit<ModelEvent>({ type: "import.opened", subject: modelId, after: { importId: id, format } });
    });
    const token = importTokens.format({ tenantId: tenant.id, id, secret });
    return { uploadUrl: `${baseUrl}/imports/${token}`, expiresAt };
  }
}
