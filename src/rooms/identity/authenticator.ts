import { clock } from "../../kernel/clock.js";
import { anonymous, type Origin, type Viewer } from "../../kernel/context.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import { TenantMismatch, TenantSuspended, Unauthenticated } from "../../kernel/errors.js";
import { isServed, type KnownTenant, type TenancyService, type TenantReference } from "../tenancy/index.js";
import { type Credentials, nameOf, type Place, type Reference, referencesOf } from "./places.js";
import { nothing, type Proof, Proofs } from "./proofs.js";
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

const minuteMs = 60_000;

/** Turns token, API key, host and header into a viewer and a tenant, and refuses where they disagree. */
export class Authenticator {
  readonly #proofs: Proofs;

  constructor(
    private readonly tenancy: TenancyService,
    tokens: Tokens,
    private readonly revocations: Revocations,
    private readonly notifications: Notifications,
    /** Names of the installation itself; a tenant's sub-domain is one label in front of one of them. */
    private readonly hosts: readonly string[],
  ) {
    this.#proofs = new Proofs(tenancy, tokens, revocations, notifications);
  }

  /**
   * Throws TENANT_MISMATCH or TENANT_SUSPENDED. Without credentials the viewer is anonymous, and so it is with refused
   * ones: the caller may still sign in, and `viewer.refusal` says what everything else answers. Known at once where all
   * of it is remembered, which it is for all but a caller's first request.
   */
  identify(credentials: Credentials, origin: Origin): Identity | Promise<Identity> {
    const references = referencesOf(credentials, this.hosts);
    const remembered = this.#remembered(credentials.authorization, references);
    return remembered ? settle(remembered) : this.#establish(credentials.authorization, references, origin);
  }

  /** All that a request says of itself, where nothing of it has to be asked for or written down. */
  #remembered(authorization: string | null, references: readonly Reference[]): Found | undefined {
    const proof = this.#proofs.known(authorization);
    if (!proof || isUseToNote(proof)) return undefined;
    const { directory } = this.tenancy;
    const credited = proof.tenantId === null ? null : directory.known({ id: proof.tenantId });
    if (credited === undefined) return undefined;
    const places: Place[] = [];
    for (const reference of references) {
      const tenant = directory.known(reference);
      if (!tenant) return undefined;
      places.push({ name: nameOf(reference), tenant });
    }
    return { proof, credited, places };
  }

  async #establish(
    authorization: string | null,
    references: readonly Reference[],
    origin: Origin,
  ): Promise<Identity> {
    const [{ proof, credited }, places] = await Promise.all([
      this.#credit(authorization, origin),
      Promise.all(
        references.map(async (reference) => ({
          name: nameOf(reference),
          tenant: await this.#find(reference),
        })),
      ),
    ]);
    const identity = settle({ proof, credited, places });
    if (identity.tenant && isUseToNote(proof)) await this.#noteUse(identity.tenant, proof, origin);
    return identity;
  }

  /** The identity as of now, for one event of a subscription. Throws UNAUTHENTICATED or TENANT_SUSPENDED. */
  async renew(was: {
    viewer: Viewer;
    tenant: { id: string } | null;
    unknownTenant?: string | null;
    persistedOnly?: boolean;
  }): Promise<Identity> {
    const { viewer, unknownTenant = null, persistedOnly = false } = was;
    await this.#proofs.requireLive(viewer);
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

  /** What the credentials prove, and their tenant. Nothing where they are refused. */
  async #credit(authorization: string | null, origin: Origin): Promise<Omit<Found, "places">> {
    try {
      const proof = await this.#proofs.of(authorization, origin);
      const credited = proof.tenantId === null ? null : await this.#find({ id: proof.tenantId });
      // Credentials of a tenant that is gone for good must not become credentials of the one named beside them.
      if (proof.tenantId !== null && !credited)
        throw new Unauthenticated("The tenant of these credentials exists no more.");
      return { proof, credited };
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      return { proof: { ...nothing, viewer: { ...anonymous, refusal: error } }, credited: null };
    }
  }

  /** One write a minute and key and process: what it tells is to the minute. */
  async #noteUse(tenant: KnownTenant, proof: Proof, origin: Origin): Promise<void> {
    const { notedMinute } = proof;
    const minute = currentMinute();
    // Before the write, or every request of this moment would write as well.
    proof.notedMinute = minute;
    try {
      await this.tenancy
        .scope(tenant, { viewer: proof.viewer, origin })
        .write("apiKey.use", (work) =>
          work.query(
            "update api_key set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2)",
            [proof.viewer.id, new Date(minute * minuteMs)],
          ),
        );
    } catch (error) {
      proof.notedMinute = notedMinute;
      throw error;
    }
  }

  #find(reference: TenantReference): Promise<KnownTenant | null> {
    return this.tenancy.directory.find(reference);
  }
}

/** Everything a request's identity follows from. */
interface Found {
  readonly proof: Proof;
  /** The tenant of the credentials. */
  readonly credited: KnownTenant | null;
  readonly places: readonly Place[];
}

/** Who asks and where, if all that was found agrees. Throws TENANT_MISMATCH or TENANT_SUSPENDED. */
function settle({ proof, credited, places }: Found): Identity {
  const { viewer } = proof;
  if (viewer.kind === "operator" && places.length > 0)
    throw new TenantMismatch("The operator signs in without a tenant.");
  const tenant = credited ?? places.find((place) => place.tenant)?.tenant ?? null;
  if (tenant && places.some((place) => place.tenant?.id !== tenant.id)) throw new TenantMismatch();
  if (tenant && !isServed(tenant)) throw new TenantSuspended();
  return {
    viewer,
    tenant,
    // Not an error: whoever has no credentials learns nothing of who is a customer.
    unknownTenant: tenant ? null : (places[0]?.name ?? null),
    persistedOnly: isListed(tenant, viewer) || proof.persistedOnly,
  };
}

const currentMinute = (): number => Math.floor(clock.now().getTime() / minuteMs);

const isUseToNote = ({ viewer, notedMinute }: Proof): boolean =>
  viewer.kind === "apiKey" && notedMinute !== currentMinute();

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
