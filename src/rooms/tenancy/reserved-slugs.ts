import { badInput } from "../../kernel/errors.js";

/**
 * First labels of hosts that people, browsers and mail servers take for the installation's own. A tenant at
 * `login.` or `autoconfig.` of our domain could ask its visitors, or their mail programs, for credentials in our name.
 * Sources: RFC 2142 (mailbox and host names of services), the automatic discovery of mail and proxy settings
 * (`autoconfig`, `autodiscover`, `wpad`, `isatap`), and the product's own paths and rooms.
 */
const reserved = new Set(
  [
    "www web root tenfold app apps api rest graphql graphiql ws health healthz ready readyz metrics uploads downloads",
    "static assets cdn media files images img fonts css js public",
    "admin administrator operator operators owner console dashboard control manage management internal system server",
    "auth oauth oidc sso saml login logout signin signout signup register registration account accounts id identity",
    "password passwords session sessions security secure ssl tls cert certs pki",
    "billing invoice invoices pay payment payments checkout sales shop store marketplace",
    "help helpdesk support docs doc documentation status uptime blog news about info contact careers jobs community",
    "developer developers partner partners legal privacy terms abuse trust compliance marketing",
    "mail email smtp imap pop mx webmail postmaster hostmaster webmaster noreply no-reply newsletter listserv",
    "ftp sftp ssh git vpn dns ns whois proxy gateway router firewall relay",
    "autoconfig autodiscover wpad isatap localhost local localdomain broadcasthost",
    "dev development stage staging preview beta sandbox canary prod production",
  ]
    .join(" ")
    .split(" "),
);

/**
 * Refuses a slug that would pass for one of the installation's own hosts, numbered ones such as `ns1` and `www-2`
 * included, or that DNS reads as something else: with hyphens in the third and fourth place a label is reserved
 * (RFC 5891, 4.2.3.1), and `xn--…` is shown as letters of any script.
 * @throws BAD_USER_INPUT at `slug`
 */
export function refuseReserved(slug: string): void {
  if (!reserved.has(slug) && !reserved.has(slug.replace(/-?\d+$/, "")) && slug.slice(2, 4) !== "--") return;
  const message = `The slug ${JSON.stringify(slug)} is reserved, because it could be taken for a host of this service. Choose another.`;
  throw badInput("slug", message);
}
