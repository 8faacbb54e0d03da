import { dispose, type Tensor, tensor, tidy, topk } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import {
  operationsOf,
  refuseUntested,
  testedOperations,
} from "../../../../src/rooms/learning/compute/index.js";
import { codeOf } from "../data.js";
import { expectClose, on, onOracle, onOurs } from "./both.js";
import { cases } from "./cases.js";

const ranBy = (work: () => Tensor[]): Promise<string[]> =>
  operationsOf(() => {
    dispose(tidy(work));
  });

describe("the list of tested operations", function () {
  this.timeout(60_000);

  it("has a case for each, and no case for another", () => {
    expect(Object.keys(cases).toSorted()).to.deep.equal([...testedOperations].toSorted());
  });

  for (const [name, { ours, theirs }] of Object.entries(cases))
    it(`${name} runs and agrees with the cpu back end`, async () => {
      const ran = await on("wasm", () => ranBy(ours));
      expect(ran).to.include(name);
      expectClose(await onOurs(ours), await onOracle(theirs ?? ours));
    });

  it("refuses what is not in it, by name, and nothing else", async () => {
    const ran = await on("wasm", () => ranBy(() => [topk(tensor([3, 1, 2]), 1).values]));
    expect(ran).to.include("TopK");
    expect(await codeOf(() => refuseUntested(ran))).to.equal("OPERATION_UNTESTED");
    expect(() => refuseUntested(ran))
      .to.throw()
      .with.nested.property("extensions.operations")
      .deep.equal(["TopK"]);
    refuseUntested(["Add", "Conv2D"]);
  });
});
