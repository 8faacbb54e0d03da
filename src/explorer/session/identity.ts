/** The part of `viewer` that the explorer shows; see operations/viewer.graphql. */
export interface Viewer {
  user?: { name?: string | null; email?: string | null } | null;
  apiKey?: { name?: string | null } | null;
  roles?: string[];
  tenant?: { slug: string; name?: string | null } | null;
}

export interface Identity {
  /** Whom requests are made as: a person, a key, or the operator. */
  name: string;
  /** Where: the tenant's slug, absent for the operator. */
  tenant?: string;
  /** Empty for a key, which has scopes in its place. */
  role: string;
}

/** Neither user nor key means the operator, who belongs to no tenant and has no account in one. */
export function identityOf(viewer: Viewer): Identity {
  const { user, apiKey, tenant, roles } = viewer;
  const name = user?.name ?? user?.email ?? (apiKey ? `API key ${apiKey.name ?? ""}`.trim() : "Operator");
  return { name, tenant: tenant?.slug, role: (roles ?? []).join(", ").toLowerCase() };
}
