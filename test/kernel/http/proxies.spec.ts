import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";

/** What a proxy that ends TLS says of the caller behind it. */
const forwarded = {
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "localhost:8443",
};

const upload = `mutation {
  createDataset(input: { name: "behind a proxy", format: CSV }) { uploadUrl }
}`;

/** The upload URL a caller behind a proxy gets, and the address that the audit trail names. */
async function seenOf(tenant: TenantOfWorld): Promise<{ uploadUrl: string; ip: string }> {
  const { createDataset } = await tenant.owner.with(forwarded).get(upload);
  const { auditEvents } = await tenant.owner.get(
    '{ auditEvents(first: 1, filter: { actions: ["dataset.created"] }) { nodes { ip } } }',
  );
  return { uploadUrl: createDataset.uploadUrl, ip: auditEvents.nodes[0].ip };
}

describe("the door behind a proxy", () => {
  let world: World | undefined;
  afterEach(() => world?.stop());

  it("takes the caller's address, scheme and host from a proxy it trusts", async () => {
    world = await World.start({ trustedProxies: ["loopback"] });
    const { uploadUrl, ip } = await seenOf(await world.tenant("proxied"));
    expect(uploadUrl).to.match(/^https:\/\/localhost:8443\/uploads\//);
    expect(ip).to.equal("203.0.113.7");
  });

  it("believes nobody else", async () => {
    world = await World.start({ trustedProxies: ["192.0.2.0/24"] });
    const { uploadUrl, ip } = await seenOf(await world.tenant("direct"));
    expect(uploadUrl.startsWith(`${world.url}/uploads/`)).to.equal(true);
    expect(ip).to.equal("127.0.0.1");
  });
});
