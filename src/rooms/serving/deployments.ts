import { LRUCache } from "lru-cache";
import type { Notifications } from "../../kernel/database/notifications.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import {
  type Deployed,
  type Environment,
  type ModelService,
  type ModelVersion,
  NotDeployed,
  type VersionService,
} from "../models/index.js";

/** Without news for longer than this nothing is believed, should a connection be dead and not know it. */
const believedMs = 60_000;

/** What is deployed where, kept in memory: a deployment in any process makes every process ask anew. */
export class Deployments {
  /** By tenant and model. */
  readonly #known = new LRUCache<string, Map<Environment, Deployed>>({ max: 50_000, ttl: believedMs });
  #news = 0;

  /** @param gone is told each version that was known to be deployed where that is forgotten */
  constructor(
    private readonly notifications: Notifications,
    private readonly models: ModelService,
    private readonly versions: VersionService,
    private readonly gone: (tenantId: string, version: ModelVersion) => void,
  ) {
    notifications.on("deployment", ({ tenant, model }) => this.forget(String(tenant), String(model)));
    notifications.onGap(() => {
      this.#news += 1;
      this.#known.clear();
    });
  }

  /** What answers in an environment. Throws NOT_FOUND, NOT_DEPLOYED. */
  async of(tenant: TenantScope, modelId: string, environment: Environment): Promise<Deployed> {
    const key = `${tenant.id}:${modelId}`;
    const known = this.#known.get(key)?.get(environment);
    // While no news arrives, what was known may be so no longer.
    if (known && this.notifications.connected) return known;
    const before = this.#news;
    const deployed = await this.versions.deployed(tenant, modelId, environment);
    if (!deployed) {
      await this.models.require(tenant, modelId);
      throw new NotDeployed(`No version of this model is deployed to ${environment}. Deploy one first.`);
    }
    // What was read before the news of a deployment may be what it replaced, and would stay for good.
    if (this.#news === before) this.#remember(key, environment, deployed);
    return deployed;
  }

  #remember(key: string, environment: Environment, deployed: Deployed): void {
    const known: Map<Environment, Deployed> = this.#known.get(key) ?? new Map();
    this.#known.set(key, known.set(environment, deployed));
  }

  /** Has the next who asks be told anew what of this model is deployed. */
  forget(tenantId: string, modelId: string): void {
    const key = `${tenantId}:${modelId}`;
    this.#news += 1;
    for (const { version, canary } of this.#known.get(key)?.values() ?? [])
      for (const gone of canary ? [version, canary.version] : [version]) this.gone(tenantId, gone);
    this.#known.delete(key);
  }
}
