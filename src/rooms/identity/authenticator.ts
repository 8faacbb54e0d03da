import { LRUCache } from "lru-cache";
import { clock } from "../../kernel/clock.js";
import { anonymous, type Origin, type Viewer } from "../../kernel/context.js";
import { equalSecrets, sha256 } from "../../kernel/crypto.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import { TenantMismatch, TenantSuspended, Unauthenticated } from "../../kernel/errors.js";
import { isServed, type KnownTenant, type TenancyService, type TenantReference } from "../tenancy/index.js";
import { ApiKey } from "./api-key.entity.js";
import { parseApiKey } from "./api-key.service.js";
import type { Revocations } from "./revocations.js";
import type { Tokens } from "./tokens.js";

/** What a request says of itself. */
export interface Credentials {
  authorization: string | null;
  /** The host, without its port. */
  host: string;
  /** The header `x-tenant`. */
  tenantSlug: string | null;
}

/** Who asks and in which tenant. */
export interface Identity {
  viewer: Viewer;
  tenant: KnownTenant | null;
  /** True when the tenant or the API key allows registered operations only. */
  persistedOnly: boolean;
}

/** What a credential proved, kept until it ends, so that a signature is verified once and not for every request. */
interface Proof {
  viewer: Viewer;
  tenantId: string | null;
  persistedOnly: boolean;
}

/** Turns token, API key, host and header into a viewer and a tenant, and refuses where they disagree. */
export class Authenticator {
  readonly #proofs = new LRUCache<string, Proof>({ max: 20_000 });

  constructor(
    private readonly tenancy: TenancyService,
    private readonly tokens: Tokens,
    private readonly revocations: Revocations,
    private readonly notifications: Notifications,
  ) {
    // An API key has no short life of its own, so its revocation must outlast the revocation list.
    revocations.listen((subject) => {
      for (const [key, { viewer }] of this.#proofs.entries())
        if (viewer.id === subject) this.#proofs.delete(key);
    });
  }

  /** Throws UNAUTHENTICATED, TENANT_MISMATCH or TENANT_SUSPENDED. Without credentials the viewer is anonymous. */
  async identify(credentials: Credentials, origin: Origin): Promise<Identity> {
    const proof = await this.#prove(credentials.authorization, origin);
    const [credited, hosted, named] = await Promise.all([
      proof?.tenantId ? this.#find({ id: proof.tenantId }) : null,
      this.#ofHost(credentials.host),
      credentials.tenantSlug === null ? null : this.#find({ slug: credentials.tenantSlug }),
    ]);
    if (credentials.tenantSlug !== null && !named && !credited) {
      // As silent as a wrong password: whoever has no credentials learns nothing of who is a customer.
      return { viewer: proof?.viewer ?? anonymous, tenant: null, persistedOnly: false };
    }
    const tenant = credited ?? hosted ?? named;
    const agrees = (other: KnownTenant | null): boolean => other === null || other.id === tenant?.id;
    if (!agrees(hosted) || !agrees(named) || (credited && credentials.tenantSlug !== null && !named))
      throw new TenantMismatch();
    if (proof?.viewer.kind === "operator" && tenant)
      throw new TenantMismatch("The operator signs in without a tenant.");
    if (tenant && !isServed(tenant)) throw new TenantSuspended();
    const viewer = proof?.viewer ?? anonymous;
    const listed = tenant?.persistedOnly === true && !isExempt(viewer);
    return { viewer, tenant, persistedOnly: listed || (proof?.persistedOnly ?? false) };
  }

  /** The viewer as of now, for one event of a subscription. Throws UNAUTHENTICATED or TENANT_SUSPENDED. */
  async renew({
    viewer,
    tenant,
  }: {
    viewer: Viewer;
    tenant: { id: string } | null;
  }): Promise<KnownTenant | null> {
    await this.#requireLive(viewer);
    if (tenant === null) return null;
    const known = await this.#find({ id: tenant.id });
    if (!known || !isServed(known)) throw new TenantSuspended();
    return known;
  }

  /** Calls `end` once when the viewer's credentials end: expired, revoked, or the tenant no longer served. */
  watch(
    { viewer, tenant }: { viewer: Viewer; tenant: { id: string } | null },
    end: (reason: string) => void,
  ): () => void {
    const revoked = this.revocations.listen((subject) => {
      if (subject === viewer.id || subject === viewer.sessionId) finish("The credentials were revoked.");
    });
    const changed = this.notifications.on("tenant", ({ tenant: id }) => {
      if (id === tenant?.id)
        this.renew({ viewer, tenant }).catch(() => finish("The tenant is not served at present."));
    });
    // A longer delay than setTimeout can count would fire at once; sockets do not live that long.
    const left = viewer.expiresAt ? viewer.expiresAt.getTime() - clock.now().getTime() : Infinity;
    const timer =
      left < 2 ** 31 ? setTimeout(() => finish("The credentials have expired."), left) : undefined;
    const stop = (): void => {
      revoked();
      changed();
      clearTimeout(timer);
    };
    const finish = (reason: string): void => {
      stop();
      end(reason);
    };
    return stop;
  }

  async #requireLive({ id, sessionId, issuedAt, expiresAt }: Viewer): Promise<void> {
    const subjects = [id, sessionId].filter((subject) => subject !== null);
    if ((expiresAt && expiresAt <= clock.now()) || (await this.revocations.includes(subjects, issuedAt)))
      throw new Unauthenticated();
  }

  async #prove(authorization: string | null, origin: Origin): Promise<Proof | null> {
    if (authorization === null) return null;
    const [, text] = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(authorization) ?? [];
    if (!text) throw new Unauthenticated("Send `authorization: Bearer {access token or API key}`.");
    const key = sha256(text);
    const proof =
      this.#proofs.get(key) ??
      (text.startsWith("tfk_") ? await this.#proveKey(text, origin) : await this.#proveToken(text));
    await this.#requireLive(proof.viewer);
    this.#proofs.set(key, proof);
    return proof;
  }

  async #proveToken(text: string): Promise<Proof> {
    const claims = await this.tokens.verify("at+jwt", text);
    if (!claims) throw new Unauthenticated();
    const viewer: Viewer = {
      kind: claims.tid === null ? "operator" : "user",
      id: claims.sub,
      role: claims.role ?? null,
      permissions: new Set(claims.permissions),
      sessionId: claims.jti.split(".")[0] ?? null,
      issuedAt: claims.issuedAt,
      expiresAt: claims.expiresAt,
    };
    return { viewer, tenantId: claims.tid, persistedOnly: false };
  }

  async #proveKey(text: string, origin: Origin): Promise<Proof> {
    const parts = parseApiKey(text);
    const tenant = parts && (await this.#find({ id: parts.tenantId }));
    if (!parts || !tenant) throw new Unauthenticated();
    const scope = this.tenancy.scope(tenant, { viewer: anonymous, origin });
    const key = await scope.read((manager) => manager.findOneBy(ApiKey, { id: parts.id }));
    if (!key || !equalSecrets(key.secretHash, sha256(parts.secret)) || key.revokedAt)
      throw new Unauthenticated();
    const viewer: Viewer = {
      kind: "apiKey",
      id: key.id,
      role: null,
      permissions: new Set(key.scopes),
      sessionId: null,
      issuedAt: key.createdAt,
      expiresAt: key.expiresAt,
    };
    return { viewer, tenantId: tenant.id, persistedOnly: key.persistedOnly };
  }

  /** `{slug}.` in front of a host, or a custom domain. */
  async #ofHost(host: string): Promise<KnownTenant | null> {
    if (host === "localhost" || /^[\d.:[\]a-f]+$/i.test(host)) return null;
    const domain = await this.#find({ customDomain: host });
    const [slug, ...rest] = host.split(".");
    return domain ?? (slug && rest.length > 0 ? this.#find({ slug }) : null);
  }

  #find(reference: TenantReference): Promise<KnownTenant | null> {
    return this.tenancy.directory.find(reference);
  }
}

/**
 * Whom a tenant's allow-list leaves out: people who may change it, or it could never be switched off again, and
 * whoever has yet to sign in, to whom only signing in answers.
 */
function isExempt({ kind, permissions }: Viewer): boolean {
  return kind === "anonymous" || (kind === "user" && permissions.has("operation:register"));
}
