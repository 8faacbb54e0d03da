import { In } from "typeorm";
import type { TenantContext } from "../../kernel/context.js";
import { User } from "./user.entity.js";

/** People by id, in order; null for ids that are no person's, e.g. an API key's. */
export async function usersById({ tenant }: TenantContext, ids: readonly string[]): Promise<(User | null)[]> {
  const found = await tenant.read((manager) => manager.findBy(User, { id: In([...ids]) }));
  const byId = new Map(found.map((user) => [user.id, user]));
  return ids.map((id) => byId.get(id) ?? null);
}
