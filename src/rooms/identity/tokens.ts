import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { clock, dayMs } from "../../kernel/clock.js";
import type { Key } from "../../kernel/crypto.js";

const issuer = "tenfold";
const algorithm = "EdDSA";

/** DER in front of the 32 bytes of an Ed25519 seed (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** How far the clocks of two servers may differ before a fresh token is not valid yet. */
const skewSeconds = 30;

export const lifetimes = {
  accessMs: 15 * 60_000,
  /** A refresh token left unused this long no longer works. */
  refreshIdleMs: 7 * dayMs,
  sessionMs: 30 * dayMs,
  invitationMs: 7 * dayMs,
};

/** `typ` keeps a token for one use from being taken for another (RFC 8725, section 3.11). */
export type TokenType = "at+jwt" | "refresh+jwt" | "invitation+jwt";

/** What all our tokens say. `tid` is the tenant, null for the operator. */
export interface Claims {
  sub: string;
  tid: string | null;
  jti: string;
}

/** What an access token says besides. */
export interface AccessClaims extends Claims {
  role: string;
  permissions: string[];
}

export type ClaimsOf<Type extends TokenType> = Type extends "at+jwt" ? AccessClaims : Claims;

export type VerifiedClaims<Type extends TokenType> = ClaimsOf<Type> & { issuedAt: Date; expiresAt: Date };

const claimsOfAll = ["sub", "jti", "exp", "iat"];
const requiredClaims: Record<TokenType, string[]> = {
  "at+jwt": [...claimsOfAll, "role", "permissions"],
  "refresh+jwt": claimsOfAll,
  "invitation+jwt": claimsOfAll,
};

/** Signs and verifies with one Ed25519 key that follows from the master key, so that all servers share it. */
export class Tokens {
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  constructor(masterKey: Key) {
    const der = Buffer.concat([pkcs8Prefix, masterKey.derive("token-signing")]);
    this.#private = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    this.#public = createPublicKey(this.#private);
  }

  sign<Type extends TokenType>(
    type: Type,
    claims: ClaimsOf<Type>,
    expiresAt: Date,
    issuedAt: Date = clock.now(),
  ): Promise<string> {
    const { sub, jti, ...others } = claims;
    // With its milliseconds (RFC 7519 allows a fraction), so that a token made right after a revocation counts as later.
    const now = issuedAt.getTime() / 1000;
    return new SignJWT(others)
      .setProtectedHeader({ alg: algorithm, typ: type })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(sub)
      .setJti(jti)
      .setIssuedAt(now)
      .setNotBefore(Math.floor(now) - skewSeconds)
      .setExpirationTime(Math.floor(expiresAt.getTime() / 1000))
      .sign(this.#private);
  }

  /** Null for a token that is not ours, of another type, altered, or not valid at this time. */
  async verify<Type extends TokenType>(type: Type, token: string): Promise<VerifiedClaims<Type> | null> {
    try {
      const { payload } = await jwtVerify(token, this.#public, {
        algorithms: [algorithm],
        typ: type,
        issuer,
        audience: issuer,
        requiredClaims: requiredClaims[type],
        currentDate: clock.now(),
      });
      const claims = payload as unknown as ClaimsOf<Type> & { exp: number; iat: number };
      if (claims.tid !== null && typeof claims.tid !== "string") return null;
      const issuedAt = new Date(Math.round(claims.iat * 1000));
      return Object.assign(claims, { issuedAt, expiresAt: new Date(claims.exp * 1000) });
    } catch {
      return null;
    }
  }
}
