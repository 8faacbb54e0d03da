import { isFQDN, ValidateBy } from "class-validator";
import { badInput } from "../../kernel/errors.js";
import { hostName } from "../../kernel/http/hosts.js";

/** Of a name without its trailing dot (RFC 1035, 2.3.4: 255 bytes with a length before each label and one for the root). */
const longest = 253;

/**
 * A domain as hosts of requests name it, read by the same function: lower case, letters of other scripts in their
 * ASCII form (UTS 46), without the dot that marks the root. Kept in another form it would never be found. Null for
 * what is no domain.
 */
export function asHost(domain: string): string | null {
  // Before the reading, which drops a port, and after it, since `²` becomes a digit of an address.
  if (!isFQDN(domain, { allow_trailing_dot: true })) return null;
  const host = hostName(domain);
  return host !== null && isFQDN(host) && host.length <= longest ? host : null;
}

export const IsDomain = (): PropertyDecorator =>
  ValidateBy({
    name: "isDomain",
    validator: {
      validate: (value) => typeof value === "string" && asHost(value) !== null,
      defaultMessage: () => "$property must be a valid domain name",
    },
  });

/**
 * A domain of ours would lead some requests to this tenant and others to the installation or to the tenant whose
 * slug it begins with. @throws BAD_USER_INPUT at `customDomain`
 */
export function refuseOwnHost(domain: string, { host, hosts }: { host: string; hosts: string[] }): void {
  const own = ["localhost", host, ...hosts].map((name) => name.toLowerCase());
  const ours = own.find((name) => domain === name || domain.endsWith(`.${name}`));
  if (ours === undefined) return;
  const relation =
    domain === ours ? "is a host of this installation" : `lies below ${ours}, a host of this installation`;
  throw badInput(
    "customDomain",
    `${domain} ${relation}, where tenants are reached by their slug. Name a domain that is the tenant's own.`,
  );
}
