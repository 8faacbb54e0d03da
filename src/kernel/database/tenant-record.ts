import type { Key } from "../crypto.js";

/** What the kernel has to know of a tenant; the registry row alone says it, never the caller. */
export interface TenantRecord {
  readonly id: string;
  readonly slug: string;
  /** Name of the tenant's schema and of its role. */
  readonly schema: string;
  /** Limits by name, null for none, e.g. `{ seats: 5, predictionsPerDay: 10000 }`. */
  readonly limits: Readonly<Record<string, number | null>>;
  readonly key: Key;
}
