import type { IncomingMessage } from "node:http";
import { newSecret } from "../clock.js";

/** An incoming id is kept only when it can't break a log line or a header. */
const sane = /^[A-Za-z0-9_-]{1,64}$/;

/** Random once a process and counted from there: an id must be unique, not secret, and fresh randomness a request costs a third of the throughput. */
const prefix = newSecret(9);
let count = 0;

/** A request id nobody had before, 12 random characters and a counter. */
export const newRequestId = (): string => `${prefix}-${(count++).toString(36)}`;

/** The caller's `x-request-id`, so that one id follows a request through several services, or a new one. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && sane.test(given) ? given : newRequestId();
}
