import { LRUCache } from "lru-cache";
import type { Notifications } from "../../kernel/database/notifications.js";

/** A registered document as the door needs it. */
export interface RegisteredDocument {
  document: string;
  permissions: string[];
}

/** 16 Mi characters of documents: 250 of the largest, and some 50,000 of the usual. */
const maxCharacters = 16 * 1024 * 1024;

/**
 * Registered documents by tenant and hash, forgotten in every process when their tenant's change. What is not
 * registered is not kept: callers choose these hashes, and a registration must count at once.
 */
export class OperationCache {
  readonly #known = new LRUCache<string, RegisteredDocument>({
    maxSize: maxCharacters,
    sizeCalculation: ({ document }) => document.length + 200,
  });
  /** Counts what was forgotten, so that an answer read before a removal is not kept after it. */
  #generation = 0;

  constructor(private readonly notifications: Notifications) {
    notifications.on(OperationCache.topic, ({ tenant }) => this.forget(String(tenant)));
    notifications.onGap(() => {
      this.#generation += 1;
      this.#known.clear();
    });
  }

  static readonly topic = "operation";

  /** All of a tenant's, since removals are rare and a notification then needs to name no hash. */
  forget(tenantId: string): void {
    this.#generation += 1;
    for (const key of this.#known.keys()) if (key.startsWith(`${tenantId}:`)) this.#known.delete(key);
  }

  /** What is cached, else what `read` finds; null, which is not kept, when there is none. */
  async get(
    tenantId: string,
    hash: string,
    read: () => Promise<RegisteredDocument | null>,
  ): Promise<RegisteredDocument | null> {
    const key = `${tenantId}:${hash}`;
    const known = this.#known.get(key);
    // While no news arrives, one that was removed elsewhere would go on being run here.
    if (known && this.notifications.connected) return known;
    const generation = this.#generation;
    const found = await read();
    if (found && generation === this.#generation) this.#known.set(key, found);
    return found;
  }
}
