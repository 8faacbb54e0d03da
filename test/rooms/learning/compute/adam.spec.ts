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
