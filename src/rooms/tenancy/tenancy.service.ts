import { clock, dayMs, newId } from "../../kernel/clock.js";
import type { RequestContext } from "../../kernel/context.js";
import { Key } from "../../kernel/crypto.js";
import { TenantScope } from "../../kernel/database/tenant-scope.js";
import { type Actor, performWrite, type UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { badInput, NotFound } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import { asHost, refuseOwnHost } from "./custom-domain.js";
import { type KnownTenant, keyContext, TenantDirectory, type TenantReference } from "./directory.js";
import type { Plan } from "./plan.js";
import { purgeDue } from "./purge.js";
import { refuseReserved } from "./reserved-slugs.js";
import { SchemaPool } from "./schema-pool.js";
import { ServiceWatch } from "./service-watch.js";
import { TenantStatusConflict } from "./tenancy.errors.js";
import type { TenancyEvent } from "./tenancy.events.js";
import type { DeleteTenantInput, UpdateTenantInput } from "./tenancy.inputs.js";
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

/** The verbs of tenancy; sole writer of `control.tenant`. */
export class TenancyService {
  readonly directory: TenantDirectory;
  readonly pool: SchemaPool;
  readonly watch: ServiceWatch;

  constructor(private readonly kernel: Kernel) {
    this.pool = new SchemaPool(kernel);
    this.directory = new TenantDirectory(
      kernel.control,
      kernel.masterKey,
      kernel.notifications,
      kernel.schemas,
    );
    this.watch = new ServiceWatch(this.directory, kernel.notifications);
  }

  /** The scope through which `actor` reaches a tenant's data. */
  scope(tenant: KnownTenant, actor: Actor): TenantScope {
    return new TenantScope(this.kernel.environment, tenant, actor);
  }

  /**
   * Makes a tenant in one transaction: claims a warm schema, writes the registry row and a fresh key, and lets
   * `settle` put the first things inside. Throws TENANT_SLUG_TAKEN, BAD_USER_INPUT (a reserved slug).
   */
  async provision<T>(
    context: RequestContext,
    input: NewTenant,
    settle: (work: UnitOfWork) => Promise<T>,
  ): Promise<{ tenant: Tenant; settled: T }> {
    refuseReserved(input.slug);
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
        work.afterCommit(() => this.pool.topUp());
        return settle(work);
      },
    );
    return { tenant, settled };
  }

  /** Throws NOT_FOUND. */
  async find(context: RequestContext, reference: TenantReference): Promise<Tenant> {
    const tenant = await this.look(context, reference);
    if (tenant) return tenant;
    throw new NotFound("There is no such tenant.");
  }

  /** Null when there is none. */
  look({ control }: RequestContext, reference: TenantReference): Promise<Tenant | null> {
    return control.read((manager) => manager.findOneBy(Tenant, reference));
  }

  /** Throws NOT_FOUND, TENANT_DOMAIN_TAKEN, BAD_USER_INPUT (a domain of ours). */
  async update(context: RequestContext, { id, name, plan, ...input }: UpdateTenantInput): Promise<Tenant> {
    const customDomain = input.customDomain && asHost(input.customDomain);
    if (customDomain) refuseOwnHost(customDomain, this.kernel.config);
    return this.#change(context, "tenant.update", id, (tenant) => ({
      name: name ?? tenant.name,
      plan: plan ?? tenant.plan,
      customDomain: customDomain === undefined ? tenant.customDomain : customDomain || null,
    }));
  }

  setStatus(
    context: RequestContext,
    operation: "tenant.suspend" | "tenant.resume",
    id: string,
    status: TenantStatus,
  ): Promise<Tenant> {
    return this.#change(context, operation, id, (tenant) => ({
      status: next(tenant, status),
      purgeAt: null,
    }));
  }

  /** Reversible until `purgeAt`; see `purgeDue`. */
  delete(context: RequestContext, { id, slug }: DeleteTenantInput): Promise<Tenant> {
    return this.#change(context, "tenant.delete", id, (tenant) => {
      if (tenant.slug !== slug)
        throw badInput("slug", "This is not the slug of that tenant. Nothing was deleted.");
      const purgeAt = new Date(clock.now().getTime() + this.kernel.config.deletionDays * dayMs);
      return { status: next(tenant, TenantStatus.DELETING), purgeAt };
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

  async #change(
    context: RequestContext,
    operation: string,
    id: string,
    decide: (tenant: Tenant) => Partial<Tenant>,
  ): Promise<Tenant> {
    let before: Partial<Tenant> = {};
    let after: Partial<Tenant> = {};
    let tenant = new Tenant();
    return performWrite(
      this.kernel.environment,
      context.control,
      operation,
      { viewer: context.viewer, origin: context },
      async ({ transaction: { manager } }) => {
        const found = await manager.findOne(Tenant, { where: { id }, lock: { mode: "pessimistic_write" } });
        if (!found?.wrappedKey) throw new NotFound("There is no such tenant.");
        after = decide(found);
        before = Object.fromEntries(Object.keys(after).map((name) => [name, found[name as keyof Tenant]]));
        tenant = Object.assign(found, after, { updatedAt: clock.now() });
        await manager.update(Tenant, { id }, { ...after, updatedAt: tenant.updatedAt });
        return this.directory.record(found, found.wrappedKey);
      },
      async (work) => {
        work.emit<TenancyEvent>({ type: "tenant.updated", subject: id, before, after });
        this.#announce(work);
        // With the resumption or not at all, so that no postponed job sleeps on.
        if (after.status === TenantStatus.ACTIVE) work.control((sql) => this.kernel.jobs.wake(sql, id));
        return tenant;
      },
    );
  }

  #announce(work: UnitOfWork): void {
    work.notify("tenant", {});
    work.afterCommit(() => this.directory.forget(work.tenant.id));
  }

  /** See purge.ts. Answers how many schemas went. */
  purgeDue(): Promise<number> {
    return purgeDue(this.kernel, this.directory);
  }
}

function next({ status }: Tenant, wanted: TenantStatus): TenantStatus {
  if (lifecycle[status].includes(wanted)) return wanted;
  throw new TenantStatusConflict(`A tenant that is ${status} cannot become ${wanted}.`);
}
