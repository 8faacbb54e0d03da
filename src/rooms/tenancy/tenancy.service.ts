import { clock, newId } from "../../kernel/clock.js";
import type { RequestContext } from "../../kernel/context.js";
import { Key } from "../../kernel/crypto.js";
import { TenantScope } from "../../kernel/database/tenant-scope.js";
import { type Actor, performWrite, type UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { badInput, NotFound } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import { type KnownTenant, keyContext, TenantDirectory, type TenantReference } from "./directory.js";
import type { Plan } from "./plan.js";
import { SchemaPool } from "./schema-pool.js";
import type { DeleteTenantInput, UpdateTenantInput } from "./tenancy.inputs.js";
import { TenantStatusConflict } from "./tenancy.errors.js";
import type { TenancyEvent } from "./tenancy.events.js";
import { Tenant, TenantStatus } from "./tenant.entity.js";

export interface NewTenant {
  slug: string;
  name: string;
  plan: Plan;
}

/** Which status may follow which. */
const lifecycle: Record<TenantStatus, readonly TenantStatus[]> = {
  [TenantStatus.ACTIVE]: [TenantStatus.SUSPENDED, TenantStatus.DELETING],
  [TenantStatus.SUSPENDED]: [TenantStatus.ACTIVE, TenantStatus.DELETING],
  [TenantStatus.DELETING]: [TenantStatus.ACTIVE, TenantStatus.DELETED],
  [TenantStatus.DELETED]: [],
};

const dayMs = 24 * 60 * 60 * 1000;

/** The verbs of tenancy; sole writer of `control.tenant`. */
export class TenancyService {
  readonly directory: TenantDirectory;
  readonly pool: SchemaPool;

  constructor(private readonly kernel: Kernel) {
    this.pool = new SchemaPool(kernel);
    this.directory = new TenantDirectory(kernel.control, kernel.masterKey, kernel.notifications);
  }

  /** The scope through which `actor` reaches a tenant's data. */
  scope(tenant: KnownTenant, actor: Actor): TenantScope {
    return new TenantScope(this.kernel.environment, tenant, actor);
  }

  /**
   * Makes a tenant in one transaction: claims a warm schema, writes the registry row and a fresh key, and lets
   * `settle` put the first things inside. Throws TENANT_SLUG_TAKEN.
   */
  async provision<T>(
    context: RequestContext,
    input: NewTenant,
    settle: (work: UnitOfWork) => Promise<T>,
  ): Promise<{ tenant: Tenant; settled: T }> {
    const now = clock.now();
    const id = newId("tenant");
    const wrappedKey = this.kernel.masterKey.wrap(Key.generate(), keyContext(id));
    const tenant = Object.assign(new Tenant(), input, {
      id,
      status: TenantStatus.ACTIVE,
      wrappedKey,
      persistedOnly: false,
      customDomain: null,
      purgeAt: null,
      createdAt: now,
      updatedAt: now,
    });
    const settled = await performWrite(
      this.kernel.environment,
      context.control,
      "tenant.create",
      { viewer: context.viewer, origin: context },
      async (control) => {
        tenant.schemaName = await this.pool.claim(control, id);
        await control.transaction.manager.insert(Tenant, tenant);
        return this.directory.record(tenant, wrappedKey);
      },
      async (work) => {
        work.emit<TenancyEvent>({ type: "tenant.created", subject: id, after: input });
        work.afterCommit(() => void this.pool.refill());
        return settle(work);
      },
    );
    return { tenant, settled };
  }

  /** Throws NOT_FOUND. */
  async find(context: RequestContext, reference: TenantReference): Promise<Tenant> {
    const tenant = await context.control.read((manager) => manager.findOneBy(Tenant, reference));
    if (tenant) return tenant;
    throw new NotFound("There is no such tenant.");
  }

  update(context: RequestContext, { id, ...change }: UpdateTenantInput): Promise<Tenant> {
    const given = Object.entries(change).filter(
      ([name, value]) => value !== undefined && (value !== null || name === "customDomain"),
    );
    return this.#change(context, "tenant.update", id, () => Object.fromEntries(given));
  }

  setStatus(context: RequestContext, operation: string, id: string, status: TenantStatus): Promise<Tenant> {
    return this.#change(context, operation, id, (tenant) => ({
      ...this.#transition(tenant, status),
      purgeAt: null,
    }));
  }

  /** Reversible until `purgeAt`; see `purgeDue`. */
  delete(context: RequestContext, { id, slug }: DeleteTenantInput): Promise<Tenant> {
    return this.#change(context, "tenant.delete", id, (tenant) => {
      if (tenant.slug !== slug)
        throw badInput("slug", "This is not the slug of that tenant. Nothing was deleted.");
      const purgeAt = new Date(clock.now().getTime() + this.kernel.config.deletionDays * dayMs);
      return { ...this.#transition(tenant, TenantStatus.DELETING), purgeAt };
    });
  }

  /** Switches the allow-list of registered operations. The change takes effect in every process at commit. */
  async setPersistedOnly(scope: TenantScope, persistedOnly: boolean): Promise<void> {
    await scope.write("tenant.update", async (work) => {
      work.emit<TenancyEvent>({ type: "tenant.updated", subject: scope.tenant.id, after: { persistedOnly } });
      work.control((sql) =>
        sql.query("update control.tenant set persisted_only = $2, updated_at = $3 where id = $1", [
          scope.tenant.id,
          persistedOnly,
          clock.now(),
        ]),
      );
      this.#announce(work);
    });
  }

  #transition({ status }: Tenant, next: TenantStatus): { status: TenantStatus } {
    if (lifecycle[status].includes(next)) return { status: next };
    throw new TenantStatusConflict(`A tenant that is ${status} cannot become ${next}.`);
  }

  async #change(
    context: RequestContext,
    operation: string,
    id: string,
    decide: (tenant: Tenant) => Partial<Tenant>,
  ): Promise<Tenant> {
    return performWrite(
      this.kernel.environment,
      context.control,
      operation,
      { viewer: context.viewer, origin: context },
      async (control) => {
        const manager = control.transaction.manager;
        const tenant = await manager.findOne(Tenant, { where: { id }, lock: { mode: "pessimistic_write" } });
        if (!tenant?.wrappedKey) throw new NotFound("There is no such tenant.");
        const change = { ...decide(tenant), updatedAt: clock.now() };
        await manager.update(Tenant, { id }, change);
        const before = Object.fromEntries(
          Object.keys(change).map((name) => [name, tenant[name as keyof Tenant]]),
        );
        return {
          ...this.directory.record(tenant, tenant.wrappedKey),
          change: { before, after: change },
          tenant,
        };
      },
      async (work) => {
        const { change, tenant } = work.tenant as KnownTenant & {
          change: { before: object; after: object };
          tenant: Tenant;
        };
        work.emit<TenancyEvent>({ type: "tenant.updated", subject: id, ...change });
        this.#announce(work);
        return Object.assign(tenant, change.after);
      },
    );
  }

  #announce(work: UnitOfWork): void {
    work.notify("tenant", {});
    work.afterCommit(() => this.directory.forget(work.tenant.id));
  }

  /** Drops schema, role and key of every tenant whose time to be restored has passed; answers how many. */
  async purgeDue(): Promise<number> {
    const due = await this.kernel.control.query<{ id: string; schema_name: string }>(
      "select id, schema_name from control.tenant where status = $1 and purge_at <= $2",
      [TenantStatus.DELETING, clock.now()],
    );
    for (const { id, schema_name: schema } of due) {
      await this.kernel.schemas.drop(schema);
      // The slug and the domain become free again; the row stays as the record that there was such a tenant.
      await this.kernel.control.query(
        `update control.tenant set status = $2, wrapped_key = null, slug = id, custom_domain = null, updated_at = $3
         where id = $1 and status = $4`,
        [id, TenantStatus.DELETED, clock.now(), TenantStatus.DELETING],
      );
      this.directory.forget(id);
    }
    return due.length;
  }
}
