import { expect } from "chai";
import fc from "fast-check";
import { Tally } from "../../src/kernel/tally.js";

describe("a tally by owner", () => {
  it("counts each owner's own, and a giving back once", () => {
    const tally = new Tally();
    const [back] = [tally.add("a"), tally.add("a"), tally.add("b")];
    expect(["a", "b", "c"].map((owner) => tally.of(owner))).to.deep.equal([2, 1, 0]);
    back?.();
    back?.();
    expect(["a", "b"].map((owner) => tally.of(owner))).to.deep.equal([1, 1]);
  });

  it("is as empty as it began once all is given back, in whatever order", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c")), fc.infiniteStream(fc.nat()), (owners, order) => {
        const tally = new Tally();
        const back = owners.map((owner) => tally.add(owner));
        for (const owner of new Set(owners))
          expect(tally.of(owner)).to.equal(owners.filter((each) => each === owner).length);
        while (back.length > 0) back.splice((order.next().value ?? 0) % back.length, 1)[0]?.();
        for (const owner of owners) expect(tally.of(owner)).to.equal(0);
      }),
    );
  });
});
