import { version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { dispose, fill, sum } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { heapBytes, kernels } from "../../../../src/rooms/learning/compute/index.js";
import { codeOf } from "../data.js";
import { on } from "./both.js";

describe("the engine", () => {
  it("names the version of the back end and of the kernels of our own", () => {
    expect(kernels.backend).to.equal("wasm");
    expect(kernels.version).to.match(/^\d+\.\d+\.\d+\+\d+(\.fma)?$/);
    expect(kernels.version.startsWith(`${version_wasm}+`)).to.equal(true);
  });

  it("declares that memory is out, and goes on working", () =>
    on("wasm", async () => {
      // Sizes beyond 4 GiB would wrap around to small ones, which is how they came to write over other tensors.
      for (const numbers of [2 ** 30, 2 ** 30 + 16, 3 * 2 ** 29])
        expect(await codeOf(() => fill([numbers], 1))).to.equal("TRAINING_LIMIT_EXCEEDED");
      const ones = fill([1_000], 1);
      const total = sum(ones);
      expect(total.dataSync()[0]).to.equal(1_000);
      dispose([ones, total]);
      expect(heapBytes()).to.be.at.most(2 ** 32);
    }));
});
