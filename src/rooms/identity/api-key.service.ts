import { clock, newId, newSecret } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { sha256 } from "../../kernel/crypto.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { badInput, Forbidden, NotFound } from "../../kernel/errors.js";
import { isPermission } from "../access/index.js";
import { ApiKey } from "./api-key.entity.js";
import type { IdentityEvent } from "./identity.events.js";
import type { CreateApiKeyInput, CreateApiKeyPayload } from "./identity.inputs.js";
import type { SessionService } from "./session.service.js";

/** The parts of a key: which tenant, which key, and the secret that proves it. */
export interface ApiKeyParts {
  tenantId: string;
  id: string;
  secret: string;
}

const format = /^tfk_([0-9a-z]{26})_([0-9a-z]{26})_([A-Za-z0-9_-]{43})$/;
const suffix = (id: string): string => id.slice(id.lastIndexOf("_") + 1);

/** Null for text that is not an API key. */
export function parseApiKey(text: string): ApiKeyParts | null {
  const [, tenant, id, secret] = format.exec(text) ?? [];
  return tenant && id && secret ? { tenantId: `tenant_${tenant}`, id: `key_${id}`, secret } : null;
}

/** Credentials for automation. Sole writer of `api_key`. */
export class ApiKeyService {
  constructor(private readonly sessions: SessionService) {}

  /** Throws BAD_USER_INPUT for an unknown scope, FORBIDDEN for one that the viewer lacks. */
  async create(context: TenantContext, input: CreateApiKeyInput): Promise<CreateApiKeyPayload> {
    const { viewer, tenant } = context;
    const now = clock.now();
    const unknown = input.scopes.findIndex((scope) => !isPermission(scope));
    if (unknown >= 0)
      throw badInput(
        `scopes.${unknown}`,
        `There is no permission ${JSON.stringify(input.scopes[unknown]?.slice(0, 64))}.`,
      );
    const lacking = input.scopes.find((scope) => !viewer.permissions.has(scope));
    if (lacking)
      throw new Forbidden(`A key cannot hold ${lacking}, which you lack yourself.`, { permission: lacking });
    if (input.expiresAt && input.expiresAt <= now)
      throw badInput("expiresAt", "The key would have expired already.");
    const secret = newSecret();
    const apiKey = Object.assign(new ApiKey(), input, {
      id: newId("key"),
      secretHash: sha256(secret),
      expiresAt: input.expiresAt ?? null,
      createdBy: viewer.id,
      createdAt: now,
      revokedAt: null,
      lastUsedAt: null,
    });
    await tenant.write("apiKey.create", async (work) => {
      await work.manager.insert(ApiKey, apiKey);
      const { name, scopes, expiresAt, persistedOnly } = apiKey;
      work.emit<IdentityEvent>({
        type: "apiKey.created",
        subject: apiKey.id,
        after: { name, scopes, expiresAt, persistedOnly },
      });
    });
    return { apiKey, secret: `tfk_${suffix(tenant.id)}_${suffix(apiKey.id)}_${secret}` };
  }

  /** Takes effect at once, on open sockets too, and on the keys that this key has made. */
  async revoke({ tenant }: TenantContext, id: string): Promise<ApiKey> {
    return tenant.write("apiKey.revoke", async (work) => {
      const apiKey = await work.manager.findOne(ApiKey, {
        where: { id },
        lock: { mode: "pessimistic_write" },
      });
      if (!apiKey) throw new NotFound("There is no such API key.");
      if (apiKey.revokedAt) return apiKey;
      const change = { revokedAt: clock.now() };
      await work.manager.update(ApiKey, { id }, change);
      this.#announce(work, id);
      await this.revokeMadeBy(work, id);
      return Object.assign(apiKey, change);
    });
  }

  /**
   * Revokes the keys that `maker`, or a key of theirs, has made, except where `allowed` covers all scopes: whoever
   * loses permissions must not keep them in a key.
   */
  async revokeMadeBy(work: UnitOfWork, maker: string, allowed: Iterable<string> = []): Promise<void> {
    const revoked = await work.query<{ id: string }>(
      `with recursive made as (
         select id from api_key where created_by = $1
         union select k.id from api_key k join made on k.created_by = made.id)
       update api_key set revoked_at = $2
       where id in (select id from made) and revoked_at is null and not scopes <@ $3::text[] returning id`,
      [maker, clock.now(), [...allowed]],
    );
    for (const { id } of revoked) this.#announce(work, id);
  }

  #announce(work: UnitOfWork, id: string): void {
    work.emit<IdentityEvent>({ type: "apiKey.revoked", subject: id });
    this.sessions.revokeAtCommit(work, id);
  }
}
