import * as chai from "chai";
import type { Answer } from "./client.js";

declare global {
  // biome-ignore lint: chai's own way of adding assertions to its types.
  namespace Chai {
    interface Assertion {
      /** The answer carries an error of this code, first or alone; where it has a reason, that is meant. */
      failWith(code: string): Assertion;
      /** As `failWith`, for an error of a category: what `extensions.code` and `extensions.reason` say. */
      failWithReason(code: string, reason: string): Assertion;
      /** The answer carries no error. */
      succeed(): Assertion;
    }
  }
}

chai.use((_chai, utils) => {
  chai.Assertion.addMethod("failWith", function failWith(this: object, code: string) {
    const answer = utils.flag(this, "object") as Answer;
    const codes = (answer.errors ?? []).map(({ extensions }) => extensions?.["reason"] ?? extensions?.code);
    new chai.Assertion(
      codes[0],
      `expected the code ${code}, got ${JSON.stringify(answer.errors ?? answer.data)}`,
    ).to.equal(code);
  });
  chai.Assertion.addMethod("failWithReason", function failWithReason(this: object, ...expected: string[]) {
    const answer = utils.flag(this, "object") as Answer;
    const { code, reason } = answer.errors?.[0]?.extensions ?? {};
    new chai.Assertion([code, reason], JSON.stringify(answer.errors ?? answer.data)).to.deep.equal(expected);
  });
  chai.Assertion.addMethod("succeed", function succeed(this: object) {
    const answer = utils.flag(this, "object") as Answer;
    new chai.Assertion(answer.errors, `unexpected errors ${JSON.stringify(answer.errors)}`).to.equal(
      undefined,
    );
  });
});
