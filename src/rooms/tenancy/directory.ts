import { LRUCache } from "lru-cache";
import type { Key } from "../../kernel/crypto.js";
import type { ControlPlane } from "../../kernel/database/control-work.js";
import type { Notifications } from "../../kernel/database/notifications.js";
import type { TenantSchemas } from "../../kernel/database/tenant-schemas.js";
import type { TenantRecord } from "../../kernel/database/tenant-scope.js";
import { Unavailable } from "../../kernel/errors.js";
import { planLimits } from "./plan.js";
import { Tenant, TenantStatus } from "./tenant.entity.js";

/** A tenant as requests need it: where its data is, and whether it may be served. */
export interface KnownTenant extends TenantRecord {
  readonly status: TenantStatus;
  readonly persistedOnly: boolean;
  readonly customDomain: string | null;
}

/** What one tenant can be looked up by. */
export type TenantReference = { id: string } | { slug: string } | { customDomain: string };

function keyOf(reference: TenantReference): { property: "id" | "slug" | "customDomain"; value: string } {
  if ("id" in reference) return { property: "id", value: reference.id };
  return "slug" in reference
    ? { property: "slug", value: reference.slug }
    : { property: "customDomain", value: reference.customDomain };
}

/** Where the wrapped key of a tenant is bound to that tenant. */
export const keyContext = (tenantId: string): string => `tenant-key:${tenantId}`;

/** Finds tenants without a query for each request; a change anywhere makes every process read anew. */
export class TenantDirectory {
  readonly #known = new LRUCache<string, KnownTenant>({ max: 10_000 });
  readonly #ids = new LRUCache<string, string>({ max: 20_000 });
  /** Raised with every change heard of, so that a read from before it is not kept as if it came after. */
  #changes = 0;

  constructor(
    private readonly control: ControlPlane,
    private readonly masterKey: Key,
    private readonly notifications: Notifications,
    private readonly schemas: TenantSchemas,
  ) {
    notifications.on("tenant", ({ tenant }) => this.forget(String(tenant)));
    notifications.onGap(() => {
      this.#changes += 1;
      this.#known.clear();
    });
  }

  forget(id: string): void {
    this.#changes += 1;
    this.#known.delete(id);
  }

  /**
   * What is remembered of a tenant; undefined where `find` must say. While no news arrives memory may lag behind, and a
   * suspension elsewhere must count here at once all the same.
   */
  known(reference: TenantReference): KnownTenant | undefined {
    const { property, value } = keyOf(reference);
    const id = property === "id" ? value : this.#ids.get(`${property}:${value}`);
    const known = id === undefined ? undefined : this.#known.get(id);
    return known?.[property] === value && this.notifications.connected ? known : undefined;
  }

  /**
   * Null when there is none, or when it was deleted for good. Throws UNAVAILABLE for a tenant whose migration failed:
   * its tables are not those that this version's statements are made for.
   */
  async find(reference: TenantReference): Promise<KnownTenant | null> {
    const known = this.known(reference);
    if (known) return known;
    const changes = this.#changes;
    const tenant = await this.control.read((manager) => manager.findOneBy(Tenant, reference));
    if (!tenant?.wrappedKey) return null;
    await this.#requireMigrated(tenant);
    const found = this.record(tenant, tenant.wrappedKey);
    if (changes === this.#changes && this.notifications.connected) {
      const { property, value } = keyOf(reference);
      this.#ids.set(`${property}:${value}`, tenant.id);
      this.#known.set(tenant.id, found);
    }
    return found;
  }

  async #requireMigrated({ schemaName }: Tenant): Promise<void> {
    const [behind] = await this.control.query(
      "select 1 from control.tenant_schema where name = $1 and version < $2",
      [schemaName, this.schemas.version],
    );
    if (behind)
      throw new Unavailable(
        "This tenant's data is not at the newest version yet. Try again, or ask the operator.",
      );
  }

  record(tenant: Tenant, wrappedKey: Buffer): KnownTenant {
    const { id, slug, schemaName: schema, status, persistedOnly, customDomain, plan } = tenant;
    const key = this.masterKey.unwrap(wrappedKey, keyContext(id));
    return { id, slug, schema, status, persistedOnly, customDomain, limits: planLimits[plan], key };
  }
}

export const isServed = ({ status }: KnownTenant): boolean => status === TenantStatus.ACTIVE;
