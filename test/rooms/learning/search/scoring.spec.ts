import { expect } from "chai";
import { TrainerPool } from "../../../../src/rooms/learning/index.js";
import { Learning } from "../../../../src/rooms/learning/learning.js";
import type { ScoringPlan } from "../../../../src/rooms/learning/plan.js";
import type { FoldScore } from "../../../../src/rooms/learning/search/index.js";
import type { Table } from "../../../../src/rooms/learning/preprocessing.js";
import { codeOf, dataSet } from "../data.js";

const { table, plan } = dataSet("penguins");
const hyperparameters = { epochs: 9, batchSize: 32, validationSplit: 0 };
const at = (until: number, number = 1): ScoringPlan => ({
  ...plan,
  hyperparameters,
  fold: { number, of: 5 },
  until,
});

async function score(
  rows: Table,
  scoring: ScoringPlan,
  checkpoint?: Uint8Array,
): Promise<[FoldScore, number]> {
  const learning = await Learning.start(rows, scoring, checkpoint);
  try {
    let epochs = 0;
    for await (const progress of learning) epochs += Number(progress.epoch > 0);
    return [await learning.score(), epochs];
  } finally {
    learning.dispose();
  }
}

describe("learning: trainings that are scored", function () {
  this.timeout(30_000);

  it("train as far as they are asked, and are measured on their fold", async () => {
    const [{ measures, rows, parameters }, epochs] = await score(table, at(3));
    expect(epochs).to.equal(3);
    expect(rows).to.be.within(51, 52);
    expect(measures.ACCURACY).to.be.within(0.5, 1);
    expect(measures.LOSS).to.be.greaterThan(0);
    expect(parameters).to.be.greaterThan(100);
  });

  it("go on from their checkpoint to the same to the bit as without a pause", async () => {
    const [first] = await score(table, at(3));
    const [second, more] = await score(table, at(9), first.checkpoint);
    const [whole] = await score(table, at(9));
    expect(more).to.equal(6);
    expect(Buffer.from(second.checkpoint).equals(whole.checkpoint)).to.equal(true);
    expect(second.measures).to.deep.equal(whole.measures);
  });

  it("go on from no other fold's checkpoint", async () => {
    const [first] = await score(table, at(3, 1));
    expect(await codeOf(score(table, at(9, 2), first.checkpoint))).to.equal("CHECKPOINT_MISMATCH");
  });

  it("see no test row: whatever these hold, weights and measures are the same", async () => {
    const spoiled = table.rows.map((row, place) =>
      place % 4 === 3 ? row.map((cell, column) => (column === 0 ? "Gentoo" : `${cell}9`)) : row,
    );
    const [clean] = await score(table, at(2));
    const [odd] = await score({ ...table, rows: spoiled }, at(2));
    expect(odd.measures).to.deep.equal(clean.measures);
  });

  it("are measured on each training row once over all folds", async () => {
    let rows = 0;
    for (const number of [0, 1, 2, 3, 4]) rows += (await score(table, at(1, number)))[0].rows;
    expect(rows).to.equal(table.rows.length - Math.floor(table.rows.length / 4));
  });

  it("run in training processes like any other, one after the other", async () => {
    const pool = new TrainerPool({ size: 1, warm: 0, recycleAfter: 8 });
    try {
      const epochs: number[] = [];
      const onEpoch = ({ epoch }: { epoch: number }): void => void epochs.push(epoch);
      const first = await pool.score({ ...at(3), ...table, columns: [...table.columns] }, { onEpoch });
      const checkpoint = first.checkpoint;
      const second = await pool.score(
        { ...at(9), ...table, columns: [...table.columns], checkpoint },
        { onEpoch },
      );
      const [whole] = await score(table, at(9));
      expect(second.measures).to.deep.equal(whole.measures);
      expect(epochs).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(pool.pids).to.have.length(1);
    } finally {
      await pool.close();
    }
  });
});
