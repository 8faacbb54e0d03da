import { expect } from "chai";
import fc from "fast-check";
import { CheckpointPace } from "../../../src/rooms/learning/checkpoint-pace.js";

const megabytes = 2 ** 20;

/** Trains epochs of one length whose checkpoints cost so much; answers after which there was one, and the share. */
function simulate(epochMs: number, costMs: number, bytes: number, epochs = 200) {
  const pace = new CheckpointPace({ checkpointEvery: 1, checkpointShare: 0.2 });
  const made: number[] = [];
  let now = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    now += epochMs;
    if (!pace.due(epoch, now)) continue;
    now += costMs;
    pace.made(bytes, costMs / 2, now);
    // The other half is noticed later, when the next epoch has to wait for the storing.
    pace.waited(costMs / 2);
    made.push(epoch);
  }
  return { made, share: (made.length * costMs) / now };
}

describe("learning: the pace of checkpoints", () => {
  it("makes one after every epoch of a small model, whatever it costs", () => {
    expect(simulate(1, 50, 100_000).made).to.have.length(200);
  });

  it("makes one after every epoch of a large model that takes long to train", () => {
    expect(simulate(10_000, 1_000, 120 * megabytes).made).to.have.length(200);
  });

  it("keeps checkpoints of a large model within their share of the time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        (epochMs, costMs) => {
          const { made, share } = simulate(epochMs, costMs, 120 * megabytes, 2_000);
          expect(made[0]).to.equal(1);
          // The first is made before anything is known of its cost.
          expect(share).to.be.at.most(0.2 + costMs / (2_000 * epochMs));
        },
      ),
    );
  });

  it("makes none where none are wanted, and every third where told so", () => {
    const never = new CheckpointPace({ checkpointEvery: 0, checkpointShare: 0.2 });
    expect([1, 2, 3].filter((epoch) => never.due(epoch, epoch))).to.deep.equal([]);
    const third = new CheckpointPace({ checkpointEvery: 3, checkpointShare: 0.2 });
    expect([1, 2, 3, 4, 5, 6].filter((epoch) => third.due(epoch, epoch))).to.deep.equal([3, 6]);
  });
});
