import { createHash } from "node:crypto";
import { clock } from "../../../kernel/clock.js";
import { anonymous, bearerOf, type Origin } from "../../../kernel/context.js";
import { equalSecrets, sha256 } from "../../../kernel/crypto.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { Conflict, NotFound } from "../../../kernel/errors.js";
import { chunksOf, type UploadReceiver, type UploadSlots } from "../../../kernel/uploads/index.js";
import type { IdentityRoom } from "../../identity/index.js";
import {
  importLimits,
  importModel,
  type Imported,
  ModelFileMismatch,
  ModelFileTooLarge,
  servingEngine,
} from "../../learning/index.js";
import { Meter, type MeteringService } from "../../metering/index.js";
import type { TenancyService } from "../../tenancy/index.js";
import { Model } from "../model.entity.js";
import type { ModelVersion } from "../model-version.entity.js";
import type { VersionService } from "../version.service.js";
import { importTokens } from "./import.service.js";
import { ModelImport } from "./model-import.entity.js";

export interface ImportServices {
  tenancy: TenancyService;
  authenticator: IdentityRoom["authenticator"];
  metering: MeteringService;
  versions: VersionService;
  slots: UploadSlots;
}

/** A model's file on its way, and on whose behalf. */
interface Admitted {
  readonly tenant: TenantScope;
  readonly opened: ModelImport;
}

/** What arrives at imports' URLs. The token is the credential; it acts for the person or key that asked for it. */
export class ImportUploads implements UploadReceiver<Admitted> {
  readonly path = "/imports";
  readonly tooLarge = "MODEL_FILE_TOO_LARGE";

  constructor(private readonly services: ImportServices) {}

  get crowded(): boolean {
    return this.services.slots.crowded;
  }

  stop(): void {
    this.services.slots.close();
  }

  /** Wrong, expired and another tenant's token answer alike: NOT_FOUND. Else TENANT_SUSPENDED, UNAUTHENTICATED, CONFLICT. */
  async admit(text: string, origin: Origin): Promise<Admitted> {
    const { tenancy, authenticator } = this.services;
    const token = importTokens.parse(text);
    const known = token && (await tenancy.directory.find({ id: token.tenantId }));
    if (!token || !known) throw noSuchImport();
    const stranger = tenancy.scope(known, { viewer: anonymous, origin });
    const opened = await stranger.read((manager) => manager.findOneBy(ModelImport, { id: token.id }));
    const right = opened !== null && equalSecrets(opened.uploadHash, sha256(token.secret));
    if (!right || opened.expiresAt <= clock.now()) throw noSuchImport();
    const viewer = bearerOf(opened.createdBy, { issuedAt: opened.createdAt, expiresAt: opened.expiresAt });
    await authenticator.renew({ viewer, tenant: known });
    if (opened.versionId !== null) throw usedUp();
    return { tenant: tenancy.scope(known, { viewer, origin }), opened };
  }

  /** Whatever fails, the URL stays good for another file. Throws MODEL_FILE_…, CONFLICT, NOT_FOUND, the signal's reason. */
  async receive(admitted: Admitted, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<object> {
    const { slots, tenancy } = this.services;
    const { id } = admitted.tenant;
    const free = await slots.take(id);
    try {
      const version = await tenancy.watch.whileServed(id, (served) =>
        this.#take(admitted, source, AbortSignal.any([signal, served])),
      );
      return { version: { id: version.id, number: version.number } };
    } finally {
      free();
    }
  }

  async #take(
    { tenant, opened }: Admitted,
    source: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<ModelVersion> {
    const model = await tenant.read((manager) => manager.findOneBy(Model, { id: opened.modelId }));
    if (!model) throw noSuchImport();
    const file = await wholeOf(source, signal);
    checkHash(file, opened.sha256);
    const { type, target } = model;
    const plan = { ...opened.plan, format: opened.format, type, target: target ?? "prediction" };
    const imported = await importModel(file, plan);
    signal.throwIfAborted();
    const engine = await servingEngine(imported.artefact);
    return this.#store(tenant, opened, { ...imported, engine }, file.length);
  }

  /** Version, used URL, usage and trail in one transaction: what failed left nothing, and the URL is still good. */
  #store(
    tenant: TenantScope,
    { id, modelId, createdBy }: ModelImport,
    imported: Imported & { engine: Awaited<ReturnType<typeof servingEngine>> },
    bytes: number,
  ): Promise<ModelVersion> {
    const { versions, metering } = this.services;
    return tenant.write("model.import", async (work) => {
      const version = await versions.publishImported(work, tenant, { modelId, createdBy }, imported);
      // The row decides between two files sent at once: the second finds nothing to change.
      const { affected } = await work.manager
        .createQueryBuilder()
        .update(ModelImport)
        .set({ versionId: version.id })
        .where("id = :id and version_id is null", { id })
        .execute();
      if (affected !== 1) throw usedUp();
      await metering.consume(work, Meter.DATASET_BYTES, bytes, version.id);
      return version;
    });
  }
}

/** In memory, since it is read in another process as a whole; the slots bound how many there are. */
async function wholeOf(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(source, signal)) {
    bytes += chunk.length;
    if (bytes > importLimits.bytes) throw new ModelFileTooLarge(tooLarge, { limit: importLimits.bytes });
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

const tooLarge = `The file is larger than ${importLimits.bytes / 2 ** 20} MiB. Send a smaller model.`;

/** Before anything is read: a file that is not the one meant is nobody's to try out. */
function checkHash(file: Buffer, expected: string | null): void {
  const found = createHash("sha256").update(file).digest("hex");
  if (expected === null || expected === found) return;
  const message = `The file's SHA-256 is ${found}, and ${expected} was expected. Send the file that was meant.`;
  throw new ModelFileMismatch(message, { fields: [{ path: "sha256", message }] });
}

const noSuchImport = (): Error => new NotFound("There is no such upload URL, or no longer.");
const usedUp = (): Error =>
  new Conflict("This upload URL has been used. Ask for another with importModel to send another file.");
