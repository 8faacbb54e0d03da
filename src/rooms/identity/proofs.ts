import { LRUCache } from "lru-cache";
import { clock } from "../../kernel/clock.js";
import { anonymous, type Origin, type Viewer } from "../../kernel/context.js";
import { equalSecrets, sha256 } from "../../kernel/crypto.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import { Unauthenticated } from "../../kernel/errors.js";
import type { TenancyService } from "../tenancy/index.js";
import { ApiKey } from "./api-key.entity.js";
import { parseApiKey } from "./api-key.service.js";
import type { Revocations } from "./revocations.js";
import type { Tokens } from "./tokens.js";

/** What a credential proved, kept until it ends, so that a signature is verified once and not for every request. */
export interface Proof {
  readonly viewer: Viewer;
  readonly tenantId: string | null;
  readonly persistedOnly: boolean;
  /** Minute of the clock in which this process last noted the use of an API key. */
  notedMinute: number;
}

/** What having no credentials proves. */
export const nothing: Proof = { viewer: anonymous, tenantId: null, persistedOnly: false, notedMinute: 0 };

/** One sentence for all, or it would tell which keys exist. */
const unknownKey = "The API key is unknown or was revoked. Create another.";

/**
 * The end of a header, where signatures and secrets are: enough to find it by, and hashed in a tenth of the time the
 * whole would take. What is found is compared as a whole.
 */
const endOf = (authorization: string): string => authorization.slice(-32);

/** Examines tokens and API keys, once each. */
export class Proofs {
  readonly #known = new LRUCache<string, { readonly authorization: string; readonly proof: Proof }>({
    max: 20_000,
  });
  /** Raised with every gap in the news, so that what was examined meanwhile is not kept as if it came after. */
  #gaps = 0;

  constructor(
    private readonly tenancy: TenancyService,
    private readonly tokens: Tokens,
    private readonly revocations: Revocations,
    notifications: Notifications,
  ) {
    // An API key has no short life of its own, so its revocation must outlast the revocation list.
    revocations.listen((subject) => {
      for (const [end, { proof }] of this.#known.entries())
        if (proof.viewer.id === subject) this.#known.delete(end);
    });
    notifications.onGap(() => {
      this.#gaps += 1;
      this.#known.clear();
    });
  }

  /** What the header was found to prove, where that is remembered and still holds; undefined where `of` must say. */
  known(authorization: string | null): Proof | undefined {
    if (authorization === null) return nothing;
    const proof = this.#remembered(authorization);
    if (!proof || !this.revocations.current) return undefined;
    return hasExpired(proof.viewer) || this.revocations.has(proof.viewer) ? undefined : proof;
  }

  /** What the header proves. Throws UNAUTHENTICATED where it proves nothing, or no longer. */
  async of(authorization: string | null, origin: Origin): Promise<Proof> {
    if (authorization === null) return nothing;
    const known = this.#remembered(authorization);
    const gaps = this.#gaps;
    const proof = known ?? (await this.#examine(authorization, origin));
    await this.requireLive(proof.viewer);
    if (!known && gaps === this.#gaps) this.#known.set(endOf(authorization), { authorization, proof });
    return proof;
  }

  /** Throws UNAUTHENTICATED where credentials have ended since they were proved. */
  async requireLive(viewer: Viewer): Promise<void> {
    if (hasExpired(viewer))
      throw new Unauthenticated("The credentials have expired. Renew them, or sign in again.");
    if (await this.revocations.includes(viewer))
      throw new Unauthenticated("The credentials were revoked. Sign in again.");
  }

  #remembered(authorization: string): Proof | undefined {
    const entry = this.#known.get(endOf(authorization));
    return entry?.authorization === authorization ? entry.proof : undefined;
  }

  async #examine(authorization: string, origin: Origin): Promise<Proof> {
    const [, text] = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(authorization) ?? [];
    if (!text) throw new Unauthenticated("Send `authorization: Bearer {access token or API key}`.");
    return text.startsWith("tfk_") ? this.#proveKey(text, origin) : this.#proveToken(text);
  }

  async #proveToken(text: string): Promise<Proof> {
    const claims = await this.tokens.verify("at+jwt", text);
    if (!claims)
      throw new Unauthenticated("The access token is not valid or has expired. Renew it, or sign in again.");
    const viewer: Viewer = {
      kind: claims.tid === null ? "operator" : "user",
      id: claims.sub,
      role: claims.role,
      permissions: new Set(claims.permissions),
      sessionId: claims.jti.replace(/\..*$/, ""),
      issuedAt: claims.issuedAt,
      expiresAt: claims.expiresAt,
    };
    return { viewer, tenantId: claims.tid, persistedOnly: false, notedMinute: 0 };
  }

  async #proveKey(text: string, origin: Origin): Promise<Proof> {
    const parts = parseApiKey(text);
    const tenant = parts && (await this.tenancy.directory.find({ id: parts.tenantId }));
    if (!parts || !tenant) throw new Unauthenticated(unknownKey);
    const scope = this.tenancy.scope(tenant, { viewer: anonymous, origin });
    const key = await scope.read((manager) => manager.findOneBy(ApiKey, { id: parts.id }));
    if (!key || !equalSecrets(key.secretHash, sha256(parts.secret)) || key.revokedAt)
      throw new Unauthenticated(unknownKey);
    const viewer: Viewer = {
      kind: "apiKey",
      id: key.id,
      role: null,
      permissions: new Set(key.scopes),
      sessionId: null,
      issuedAt: key.createdAt,
      expiresAt: key.expiresAt,
    };
    return { viewer, tenantId: tenant.id, persistedOnly: key.persistedOnly, notedMinute: 0 };
  }
}

const hasExpired = ({ expiresAt }: Viewer): boolean => expiresAt !== null && expiresAt <= clock.now();
