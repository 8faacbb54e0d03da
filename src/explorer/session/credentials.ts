/** What the browser holds of a sign-in. An API key has no refresh token and ends on the server's side only. */
export interface Credentials {
  /** Slug typed at sign-in; empty for the operator, and where the host names the tenant. */
  tenant: string;
  accessToken: string;
  refreshToken?: string;
  /** When to renew, in milliseconds of this browser's clock. */
  renewAt?: number;
}

/** `accessToken` and `refreshToken` are absent when the server asks for a second factor first. */
export interface TokenPayload {
  accessToken?: string | null;
  refreshToken?: string | null;
  expiresAt?: string | null;
}

/**
 * Renewal is due after four fifths of the lifetime, and never sooner than two seconds from now: where the
 * clocks of browser and server disagree every token looks expired, and each request would renew first.
 */
export function credentialsFrom(tenant: string, tokens: TokenPayload, now = Date.now()): Credentials {
  const { accessToken, refreshToken, expiresAt } = tokens;
  if (!accessToken || !refreshToken || !expiresAt)
    throw new Error("This account needs a second factor. Sign in with your own client and paste an API key.");
  const lifetime = Date.parse(expiresAt) - now;
  return { tenant, accessToken, refreshToken, renewAt: now + Math.max(lifetime * 0.8, 2_000) };
}

const key = "tenfold:session";

/** Session storage survives a reload and ends with the tab, so that a shared machine keeps no sign-in. */
export const vault = {
  read(): Credentials | undefined {
    const stored = sessionStorage.getItem(key);
    return stored ? (JSON.parse(stored) as Credentials) : undefined;
  },
  write(credentials: Credentials | undefined): void {
    if (credentials) sessionStorage.setItem(key, JSON.stringify(credentials));
    else sessionStorage.removeItem(key);
  },
};
