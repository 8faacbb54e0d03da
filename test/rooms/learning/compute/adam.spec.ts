import { type Optimizer, square, sub, sum, tensor, train, variable } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { adam } from "../../../../src/rooms/learning/compute/index.js";
import { expectClose, numbers, on, onOracle, onOurs } from "./both.js";

/** The weights after so many steps down a bowl. */
function descend(optimizer: Optimizer, steps: number) {
  const [start, wanted] = [numbers(1, 7, 3), tensor(numbers(2, 7, 3).values, [7, 3])];
  const weights = variable(tensor(start.values, start.shape));
  for (let step = 0; step < steps; step++)
    optimizer.minimize(() => sum(square(sub(weights, wanted))), false, [weights]);
  const result = weights.clone();
  weights.dispose();
  optimizer.dispose();
  return [result];
}

describe("Adam in one kernel", () => {
  it("takes the steps of tfjs's Adam on the cpu back end", async () => {
    const ours = await onOurs(() => descend(adam(0.05), 20));
    expectClose(ours, await onOracle(() => descend(train.adam(0.05), 20)));
  });

  it("takes a part of each weight away first where it decays (AdamW)", async () => {
    const decayed = (decay: number) =>
      on("wasm", () => {
        const weights = variable(tensor([1, -2, 3, 4, 5]));
        const optimizer = adam(0.1, undefined, undefined, decay);
        // A gradient of zero leaves what the decay does alone.
        optimizer.applyGradients([{ name: weights.name, tensor: tensor([0, 0, 0, 0, 0]) }]);
        const values = [...weights.dataSync()];
        weights.dispose();
        optimizer.dispose();
        return Promise.resolve(values);
      });
    expect(await decayed(0)).to.deep.equal([1, -2, 3, 4, 5]);
    const kept = Math.fround(1 - 0.1 * 0.5);
    expect(await decayed(0.5)).to.deep.equal([1, -2, 3, 4, 5].map((value) => Math.fround(value * kept)));
  });

  it("keeps the state that tfjs saves, by the same names and shapes", async () => {
    const state = async (optimizer: Optimizer) => {
      const weights = variable(tensor([1, 2, 3]), true, `kept-${optimizer.getClassName()}`);
      optimizer.minimize(() => sum(square(weights)), false, [weights]);
      const saved = await optimizer.getWeights();
      weights.dispose();
      return saved.map(({ name, tensor: { shape } }) => ({ name, shape }));
    };
    const ours = await on("wasm", () => state(adam(0.1)));
    const theirs = await on("cpu", () => state(train.adam(0.1)));
    expect(ours.map(({ shape }) => shape)).to.deep.equal(theirs.map(({ shape }) => shape));
    expect(ours).to.have.length(3);
  });
});
