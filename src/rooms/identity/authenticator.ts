import { LRUCache } from "lru-cache";
import { clock } from "../../kernel/clock.js";
import { anonymous, type Origin, type Viewer } from "../../kernel/context.js";
import { equalSecrets, sha256 } from "../../kernel/crypto.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import { TenantMismatch, TenantSuspended, Unauthenticated } from "../../kernel/errors.js";
import { isServed, type KnownTenant, type TenancyService, type TenantReference } from "../tenancy/index.js";
import { ApiKey } from "./api-key.entity.js";
import { parseApiKey } from "./api-key.service.js";
import { type Credentials, placesOf } from "./places.js";
import type { Revocations } from "./revocations.js";
import type { Tokens } from "./tokens.js";

/** Who asks and in which tenant. */
export interface Identity {
  viewer: Viewer;
  tenant: KnownTenant | null;
  /** What host or header call the tenant where there is none of that name. */
  unknownTenant: string | null;
  /** True when the tenant or the API key allows registered operations only. */
  persistedOnly: boolean;
}

/** What a credential proved, kept until it ends, so that a signature is verified once and not for every request. */
interface Proof {
  viewer: Viewer;
  tenantId: string | null;
  persistedOnly: boolean;
  /** Minute of the clock in which this process last noted the use of an API key. */
  notedMinute: number;
}

const minuteMs = 60_000;

/** One sentence for all, or it would tell which keys exist. */
const unknownKey = "The API key is unknown or was revoked. Create another.";

const nothing: Proof = { viewer: anonymous, tenantId: null, persistedOnly: false, notedMinute: 0 };

/** Turns token, API key, host and header into a viewer and a tenant, and refuses where they disagree. */
export class Authenticator {
  /** By the header as it was sent: a hash of it would cost more than the rest of proving a known one. */
  readonly #proofs = new LRUCache<string, Proof>({ max: 20_000 });

  constructor(
    private readonly tenancy: TenancyService,
    private readonly tokens: Tokens,
    private readonly revocations: Revocations,
    private readonly notifications: Notifications,
    /** Names of the installation itself; a tenant's sub-domain is one label in front of one of them. */
    private readonly hosts: readonly string[],
  ) {
    // An API key has no short life of its own, so its revocation must outlast the revocation list.
    revocations.listen((subject) => {
      for (const [key, { viewer }] of this.#proofs.entries())
        if (viewer.id === subject) this.#proofs.delete(key);
    });
    notifications.onGap(() => this.#proofs.clear());
  }

  /**
   * Throws TENANT_MISMATCH or TENANT_SUSPENDED. Without credentials the viewer is anonymous, and so it is with refused
   * ones: the caller may still sign in, and `viewer.refusal` says what everything else answers.
   */
  async identify(credentials: Credentials, origin: Origin): Promise<Identity> {
    const [[proof, credited], places] = await Promise.all([
      this.#credit(credentials.authorization, origin),
      placesOf(credentials, this.hosts, (reference) => this.#find(reference)),
    ]);
    const { viewer } = proof;
    if (viewer.kind === "operator" && places.length > 0)
      throw new TenantMismatch("The operator signs in without a tenant.");
    const tenant = credited ?? places.find((place) => place.tenant)?.tenant ?? null;
    if (tenant && places.some((place) => place.tenant?.id !== tenant.id)) throw new TenantMismatch();
    if (tenant && !isServed(tenant)) throw new TenantSuspended();
    if (tenant && viewer.kind === "apiKey") await this.#noteUse(tenant, proof, origin);
    return {
      viewer,
      tenant,
      // Not an error: whoever has no credentials learns nothing of who is a customer.
      unknownTenant: tenant ? null : (places[0]?.name ?? null),
      persistedOnly: isListed(tenant, viewer) || proof.persistedOnly,
    };
  }

  /** The identity as of now, for one event of a subscription. Throws UNAUTHENTICATED or TENANT_SUSPENDED. */
  async renew(was: {
    viewer: Viewer;
    tenant: { id: string } | null;
    unknownTenant?: string | null;
    persistedOnly?: boolean;
  }): Promise<Identity> {
    const { viewer, unknownTenant = null, persistedOnly = false } = was;
    await this.#requireLive(viewer);
    if (was.tenant === null) return { viewer, tenant: null, unknownTenant, persistedOnly };
    const tenant = await this.#requireServed(was.tenant.id);
    return { viewer, tenant, unknownTenant, persistedOnly: persistedOnly || isListed(tenant, viewer) };
  }

  /**
   * Calls `end` once when the viewer's credentials end: expired, revoked, or the tenant no longer served. Throws where
   * they were refused from the start: a socket can't change its credentials, so it must be opened with others.
   */
  watch(
    { viewer, tenant }: { viewer: Viewer; tenant: { id: string } | null },
    end: (reason: string) => void,
  ): () => void {
    if (viewer.refusal) throw viewer.refusal;
    const revoked = this.revocations.listen((subject) => {
      if (subject === viewer.id || subject === viewer.sessionId) finish("The credentials were revoked.");
    });
    const changed = this.notifications.on("tenant", ({ tenant: id }) => {
      if (tenant === null || id !== tenant.id) return;
      this.#requireServed(tenant.id).catch(() => finish("The tenant is not served at present."));
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

  async #requireServed(id: string): Promise<KnownTenant> {
    const tenant = await this.#find({ id });
    if (!tenant || !isServed(tenant)) throw new TenantSuspended();
    return tenant;
  }

  async #requireLive({ id, sessionId, issuedAt, expiresAt }: Viewer): Promise<void> {
    const subjects = [id, sessionId].filter((subject) => subject !== null);
    if (expiresAt && expiresAt <= clock.now())
      throw new Unauthenticated("The credentials have expired. Renew them, or sign in again.");
    if (await this.revocations.includes(subjects, issuedAt))
      throw new Unauthenticated("The credentials were revoked. Sign in again.");
  }

  /** What the credentials prove, and their tenant. Nothing where they are refused. */
  async #credit(authorization: string | null, origin: Origin): Promise<[Proof, KnownTenant | null]> {
    try {
      const proof = await this.#prove(authorization, origin);
      const tenant = proof.tenantId === null ? null : await this.#find({ id: proof.tenantId });
      // Credentials of a tenant that is gone for good must not become credentials of the one named beside them.
      if (proof.tenantId !== null && !tenant)
        throw new Unauthenticated("The tenant of these credentials exists no more.");
      return [proof, tenant];
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      return [{ ...nothing, viewer: { ...anonymous, refusal: error } }, null];
    }
  }

  async #prove(authorization: string | null, origin: Origin): Promise<Proof> {
    if (authorization === null) return nothing;
    const known = this.#proofs.get(authorization);
    const proof = known ?? (await this.#examine(authorization, origin));
    await this.#requireLive(proof.viewer);
    if (!known) this.#proofs.set(authorization, proof);
    return proof;
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
    const tenant = parts && (await this.#find({ id: parts.tenantId }));
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

  /** One write a minute and key and process: what it tells is to the minute. */
  async #noteUse(tenant: KnownTenant, proof: Proof, origin: Origin): Promise<void> {
    const minute = Math.floor(clock.now().getTime() / minuteMs);
    if (proof.notedMinute === minute) return;
    proof.notedMinute = minute;
    await this.tenancy
      .scope(tenant, { viewer: proof.viewer, origin })
      .write("apiKey.use", (work) =>
        work.query(
          "update api_key set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2)",
          [proof.viewer.id, new Date(minute * minuteMs)],
        ),
      );
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

/** Whether the tenant's allow-list of registered operations holds for this viewer. */
const isListed = (tenant: KnownTenant | null, viewer: Viewer): boolean =>
  tenant?.persistedOnly === true && !isExempt(viewer);
