import argon2 from "argon2";
import { expect } from "chai";
import fc from "fast-check";
import { TenfoldError } from "../../../src/kernel/errors.js";
import { checkPassword, decoy, hashPassword, verifyPassword } from "../../../src/rooms/identity/password.js";

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const refusal = (password: string, known: string[] = []): string | null => {
  try {
    checkPassword("password", password, known);
    return null;
  } catch (error) {
    return (error as TenfoldError).message;
  }
};

describe("passwords", () => {
  it("are hashed with argon2id at 19 MiB, two passes, one lane, each with its own salt", async () => {
    const [one, two] = await Promise.all([
      hashPassword("plain vanilla ice cream"),
      hashPassword("plain vanilla ice cream"),
    ]);
    expect(one).to.not.equal(two);
    expect(one).to.match(/^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/);
    expect(await verifyPassword(one, "plain vanilla ice cream")).to.equal(true);
    expect(await verifyPassword(one, "plain vanilla ice Cream")).to.equal(false);
  });

  it("are verified against a decoy of the same cost where there is no account", async () => {
    expect(argon2.needsRehash(decoy, cost)).to.equal(false);
    const real = (await hashPassword("plain vanilla ice cream")).split("$").map((part) => part.length);
    expect(decoy.split("$").map((part) => part.length)).to.deep.equal(real);
    expect(await argon2.verify(decoy, "anything")).to.equal(false);
    expect(await verifyPassword(null, "anything")).to.equal(false);
  });

  it("are the same however the keyboard composes them", async () => {
    const hash = await hashPassword("cr\u00e8me br\u00fbl\u00e9e for all");
    expect(await verifyPassword(hash, "cre\u0300me bru\u0302le\u0301e for all")).to.equal(true);
  });

  it("need 15 characters, counted as people count, and at most 256 bytes", () => {
    expect(refusal("fourteen chars")).to.contain("15 characters");
    expect(refusal("fifteen chars ok")).to.equal(null);
    expect(refusal("🍦🍨🍧🍰🎂🧁🍮")).to.contain("15 characters");
    expect(refusal(`${"é".repeat(100)}abcdefgh${"ü".repeat(40)}`)).to.contain("256 bytes");
    expect(refusal("an old house by the quiet river, painted blue and white, 64 and more")).to.equal(null);
  });

  it("need no digits, capitals or signs, but must not be what is guessed first", () => {
    for (const good of [
      "purple monkey dishwasher",
      "839275028374659",
      "Tr0ub4dor and three",
      "les chaussettes de l'archiduchesse",
    ])
      expect(refusal(good), good).to.equal(null);
    for (const bad of [
      "aaaaaaaaaaaaaaaaaaaa",
      "123456789012345",
      "987654321098765",
      "abcdefghijklmnop",
      "qwertyuiopasdfg",
      "qwertyqwertyqwerty",
      "password12345678",
      "Password!!!2026!!!",
      "passwordpassword",
      "correct horse battery staple",
      "letmeinletmeinletmein",
    ])
      expect(refusal(bad), bad).to.contain("guessed");
  });

  it("must not be made of the account's own words", () => {
    const known = ["anna.schmidt@example.org", "anna.schmidt", "example"];
    expect(refusal("anna.schmidt@example.org", known)).to.contain("guessed");
    expect(refusal("Anna.Schmidt 2026!", known)).to.contain("guessed");
    expect(refusal("exampleexample1", known)).to.contain("guessed");
    expect(refusal("anna.schmidt eats purple plums", known)).to.equal(null);
  });

  it("are judged without ever failing otherwise", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.array(fc.string()),
        (password, known) => {
          expect(() => refusal(password, known)).to.not.throw();
        },
      ),
    );
  });
});
