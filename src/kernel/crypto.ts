import { createCipheriv, createDecipheriv, createHash, hkdfSync, timingSafeEqual } from "node:crypto";
import { clock } from "./clock.js";

const ivBytes = 12;
const tagBytes = 16;
const version = 1;

/** SHA-256 as 64 hexadecimal digits. */
export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Compares two secrets in time that depends on neither's content. */
export const equalSecrets = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));

/**
 * A 256-bit key. `seal` and `open` are AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; `context` is
 * authenticated along, so that sealed bytes moved to another row or tenant no longer open.
 * Layout: 1 byte version, 12 nonce, 16 tag, then the ciphertext.
 */
export class Key {
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== 32) throw new Error("A key has 32 bytes.");
    this.#bytes = Buffer.from(bytes);
  }

  static generate(): Key {
    return new Key(clock.randomBytes(32));
  }

  seal(plain: Uint8Array, context: string): Buffer {
    const iv = clock.randomBytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#bytes, iv).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), body]);
  }

  /** Throws when the bytes were altered, cut, sealed by another key or for another context. */
  open(sealed: Uint8Array, context: string): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (bytes[0] !== version || bytes.length < 1 + ivBytes + tagBytes)
      throw new Error("Not sealed by this version.");
    const decipher = createDecipheriv("aes-256-gcm", this.#bytes, bytes.subarray(1, 1 + ivBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(1 + ivBytes, 1 + ivBytes + tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(1 + ivBytes + tagBytes)), decipher.final()]);
  }

  /** A key for one purpose (HKDF-SHA-256, RFC 5869); the same label always gives the same 32 bytes. */
  derive(label: string): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#bytes, "tenfold", label, 32));
  }

  /** Another key, sealed under this one. */
  wrap(key: Key, context: string): Buffer {
    return this.seal(key.#bytes, context);
  }

  unwrap(wrapped: Uint8Array, context: string): Key {
    return new Key(this.open(wrapped, context));
  }
}
