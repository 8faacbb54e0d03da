import { randomBytes } from "node:crypto";
import { typeidUnboxed } from "typeid-js";

/** Time and randomness of the process. Tests and drills replace the fields; nothing else reads Date or random. */
export const clock = {
  now: (): Date => new Date(),
  randomBytes: (size: number): Buffer => randomBytes(size),
};

/** Milliseconds of a day in which no clock is put on or back. */
export const dayMs = 24 * 3_600_000;

/** A new TypeID, e.g. `model_01k…`: the prefix says what it names, the UUIDv7 inside sorts by creation. */
export const newId = (prefix: string): string => typeidUnboxed(prefix);

/** A seed for what was asked for without one; it is kept with the work, so that it can be repeated. */
export const newSeed = (): number => clock.randomBytes(4).readUInt32BE() >>> 1;

/** A URL-safe random secret of `bytes` × 8 bits. */
export const newSecret = (bytes = 32): string => clock.randomBytes(bytes).toString("base64url");
