import { hkdfSync } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { equalSecrets, Key, sha256 } from "../../src/kernel/crypto.js";

const bytes = fc.uint8Array({ maxLength: 200 });

describe("keys", () => {
  it("open what they sealed, and only for the same place", () => {
    fc.assert(
      fc.property(bytes, fc.string(), fc.string(), (plain, place, other) => {
        const key = Key.generate();
        const sealed = key.seal(plain, place);
        expect(key.open(sealed, place)).to.deep.equal(Buffer.from(plain));
        if (place !== other) expect(() => key.open(sealed, other)).to.throw();
        expect(() => Key.generate().open(sealed, place)).to.throw();
      }),
    );
  });

  it("notice every altered bit and every cut", () => {
    const key = Key.generate();
    const sealed = key.seal(Buffer.from("a secret"), "here");
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => key.open(altered, "here"), `bit ${bit}`).to.throw();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => key.open(sealed.subarray(0, length), "here"), `${length} bytes`).to.throw();
  });

  it("never seal alike twice", () => {
    const key = Key.generate();
    const seals = Array.from({ length: 200 }, () => key.seal(Buffer.from("same"), "same").toString("hex"));
    expect(new Set(seals).size).to.equal(200);
  });

  it("wrap one another, bound to the place", () => {
    const [outer, inner] = [Key.generate(), Key.generate()];
    const wrapped = outer.wrap(inner, "tenant-key:a");
    const sealed = inner.seal(Buffer.from("x"), "p");
    expect(outer.unwrap(wrapped, "tenant-key:a").open(sealed, "p").toString()).to.equal("x");
    expect(() => outer.unwrap(wrapped, "tenant-key:b")).to.throw();
  });

  it("derive one secret for each purpose, as RFC 5869 has it", () => {
    const material = Buffer.alloc(32, 7);
    const key = new Key(material);
    expect(key.derive("login")).to.deep.equal(
      Buffer.from(hkdfSync("sha256", material, "tenfold", "login", 32)),
    );
    expect(key.derive("login")).to.not.deep.equal(key.derive("signing"));
    expect(() => new Key(Buffer.alloc(31))).to.throw("32 bytes");
  });
});

describe("digests", () => {
  it("are SHA-256 in hexadecimal", () => {
    // FIPS 180-2, appendix B.1.
    expect(sha256("abc")).to.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256(Buffer.from("abc"))).to.equal(sha256("abc"));
  });

  it("compare secrets of any length", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        expect(equalSecrets(one, two)).to.equal(one === two);
        expect(equalSecrets(one, one)).to.equal(true);
      }),
    );
  });
});
