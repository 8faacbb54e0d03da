import type { IncomingMessage } from "node:http";
import { newSecret } from "../clock.js";

/** An incoming id is kept only when it can't break a log line or a header. */
const sane = /^[A-Za-z0-9_-]{1,64}$/;

/** The caller's `x-request-id`, so that one id follows a request through several services, or a new one. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && sane.test(given) ? given : newSecret(12);
}
