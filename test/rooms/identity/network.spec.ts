import { BlockList } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { networkOf } from "../../../src/rooms/identity/network.js";

/** Node's own reading of addresses, for comparison. */
const inSameNetwork = (one: string, other: string): boolean => {
  const list = new BlockList();
  list.addSubnet(one, 64, "ipv6");
  return list.check(other, "ipv6");
};

describe("the network of an address", () => {
  it("is the address itself for IPv4, also where it comes in IPv6's clothes", () => {
    expect(networkOf("192.0.2.7")).to.equal("192.0.2.7");
    expect(networkOf("::ffff:192.0.2.7")).to.equal("192.0.2.7");
    expect(networkOf("::FFFF:192.0.2.7")).to.equal("192.0.2.7");
    expect(networkOf("192.0.2.8")).not.to.equal(networkOf("192.0.2.7"));
  });

  it("is the first 64 bits for IPv6, however they are written", () => {
    for (const ip of [
      "2001:db8::1",
      "2001:DB8:0::ffff",
      "2001:0db8:0000:0000:1:2:3:4",
      "2001:db8::192.0.2.7",
    ])
      expect(networkOf(ip), ip).to.equal("2001:db8:0:0::/64");
    expect(networkOf("2001:db8:1:2:3::")).to.equal("2001:db8:1:2::/64");
    expect(networkOf("::10:0:0:192.0.2.7")).to.equal("0:0:0:10::/64");
    expect(networkOf("1:2:3:4:5:6:192.0.2.7")).to.equal("1:2:3:4::/64");
    expect(networkOf("::1")).to.equal("0:0:0:0::/64");
    expect(networkOf("fe80::1%eth0")).to.equal("fe80:0:0:0::/64");
  });

  it("is one for what is no address, and for what stands for itself", () => {
    expect(networkOf(null)).to.equal("");
    expect(networkOf("unknown")).to.equal("unknown");
  });

  it("agrees with Node on which IPv6 addresses share one", () => {
    const prefix = fc.array(fc.constantFrom("0", "1", "0db8", "ffff"), { minLength: 4, maxLength: 4 });
    const address = fc
      .tuple(prefix, fc.array(fc.constantFrom("0", "a", "00ff"), { minLength: 4, maxLength: 4 }))
      .map(([left, right]) => [...left, ...right].join(":"));
    fc.assert(
      fc.property(fc.oneof(address, fc.ipV6()), fc.oneof(address, fc.ipV6()), (one, other) => {
        // The dotted form that stands for IPv4 is one of its own.
        fc.pre(![one, other].some((ip) => /^::ffff:[\d.]+$/i.test(ip)));
        expect(networkOf(one) === networkOf(other)).to.equal(inSameNetwork(one, other));
      }),
    );
  });
});
