import * as chai from "chai";
import type { Answer } from "./client.js";

declare global {
  // biome-ignore lint: chai's own way of adding assertions to its types.
  namespace Chai {
    interface Assertion {
      /** The answer carries an error of this code, first or alone. */
      failWith(code: string): Assertion;
      /** The answer carries no error. */
      succeed(): Assertion;
    }
  }
}

chai.use((_chai, utils) => {
  chai.Assertion.addMethod("failWith", function failWith(this: object, code: string) {
    const answer = utils.flag(this, "object") as Answer;
    const codes = (answer.errors ?? []).map((error) => error.extensions?.code);
    new chai.Assertion(
      codes[0],
      `expected the code ${code}, got ${JSON.stringify(answer.errors ?? answer.data)}`,
    ).to.equal(code);
  });
  chai.Assertion.addMethod("succeed", function succeed(this: object) {
    const answer = utils.flag(this, "object") as Answer;
    new chai.Assertion(answer.errors, `unexpected errors ${JSON.stringify(answer.errors)}`).to.equal(
      undefined,
    );
  });
});
