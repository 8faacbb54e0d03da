import { expect } from "chai";
import { binColumns } from "../../../../src/rooms/learning/trees/binning.js";
import { Booster } from "../../../../src/rooms/learning/trees/booster.js";
import { growTree } from "../../../../src/rooms/learning/trees/grow.js";
import { Pause } from "../../../../src/rooms/learning/trees/pause.js";
import { codeOf } from "../data.js";
import { boosted, bytesOf, optionsOf, sign } from "./support.js";

const xor = ([a, b]: Float32Array): number => Number(sign(a) !== sign(b));
const thirds = ([a = 0]: Float32Array): number => Math.min(2, Math.floor((a + 1) * 1.5));
const steps = ([a = 0, b = 0]: Float32Array): number => Math.round(a * 2) / 2 + sign(b);

describe("learning: gradient-boosted trees", () => {
  it("tell apart what no line does", async () => {
    const { history } = await boosted(optionsOf(xor, { parameters: { trees: 40, subsample: 0.7 } }));
    expect(history.at(-1)?.accuracy).to.be.at.least(0.97);
    expect(history.at(-1)?.loss).to.be.below(0.2);
  });

  it("need a level for each question that counts only together with another", async () => {
    const shallow = await boosted(optionsOf(xor, { parameters: { depth: 1 } }));
    expect(shallow.history.at(-1)?.accuracy).to.be.below(0.9);
  });

  it("tell several classes apart, and foretell numbers", async () => {
    const classes = await boosted(optionsOf(thirds, { classes: 3, watched: 60 }));
    expect(classes.history.at(-1)?.valAccuracy).to.be.at.least(0.95);
    const numbers = await boosted(optionsOf(steps, { classes: null, watched: 60 }));
    expect(numbers.history.at(-1)?.valLoss).to.be.below(0.1 * (numbers.history[0]?.valLoss ?? 0));
    expect(numbers.history.at(-1)?.accuracy).to.equal(null);
  });

  it("lower the loss with each epoch where all rows and columns are used", async () => {
    const { history } = await boosted(optionsOf(steps, { classes: null }));
    const losses = history.map(({ loss }) => loss);
    expect(losses).to.deep.equal(losses.toSorted((a, b) => b - a));
  });

  it("depend on the seed alone", async () => {
    const asked = { parameters: { subsample: 0.5, columnSubsample: 0.4, borderSubsample: 0.2 } };
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((seed) => boosted(optionsOf(xor, { ...asked, seed }))),
    );
    if (!one || !same || !other) throw new Error("There are three.");
    expect(Buffer.compare(bytesOf(one), bytesOf(same))).to.equal(0);
    expect(Buffer.compare(bytesOf(one), bytesOf(other))).to.not.equal(0);
  });

  for (const [name, answer, classes] of [
    ["two classes", xor, 2],
    ["three classes", thirds, 3],
    ["numbers", steps, null],
  ] as const)
    it(`go on from any checkpoint to the same network, to the bit: ${name}`, async () => {
      const options = optionsOf(answer, {
        classes,
        watched: 30,
        parameters: { trees: 60, subsample: 0.6, columnSubsample: 0.7, borderSubsample: 0.1 },
        hyperparameters: { earlyStopping: { patience: 30 } },
      });
      const whole = await boosted(options);
      for (const stop of [1, 13, whole.history.length]) {
        const first = Booster.start(options);
        while (first.history.length < stop) await first.epoch();
        const second = await boosted(options, await first.checkpoint());
        expect(Buffer.compare(bytesOf(second), bytesOf(whole))).to.equal(0);
        expect(second.history).to.deep.equal(whole.history);
        expect(second.bestEpoch).to.equal(whole.bestEpoch);
      }
    });

  it("stop early with the trees of the best epoch, and no others", async () => {
    // Every answer is drawn: what is learnt of some rows says nothing of others.
    let draws = 0;
    const noise = (): number => Number((draws++ * 7919) % 13 < 6);
    const options = optionsOf(noise, {
      watched: 60,
      parameters: { trees: 200, depth: 3, subsample: 0.7 },
      hyperparameters: { earlyStopping: { patience: 4 } },
    });
    const { history, bestEpoch, forest, learnt } = await boosted(options);
    expect(history).to.have.length(bestEpoch + 4);
    const losses = history.map(({ valLoss }) => valLoss ?? 0);
    expect(losses.indexOf(Math.min(...losses))).to.equal(bestEpoch - 1);
    expect(forest.trees).to.have.length(bestEpoch * 4);
    expect(learnt.architecture.layers[1]).to.deep.equal({ type: "RESHAPE", shape: [bestEpoch * 4, 3] });
  });

  it("grow a fiftieth of the trees in an epoch, and only those of the epochs that are asked for", async () => {
    const all = await boosted(optionsOf(xor, { parameters: { trees: 120 }, rows: 20 }));
    expect(all.history).to.have.length(40);
    expect(all.forest.trees).to.have.length(120);
    const some = { parameters: { trees: 120 }, hyperparameters: { epochs: 7 }, rows: 20 };
    expect((await boosted(optionsOf(xor, some))).forest.trees).to.have.length(21);
    const uneven = await boosted(optionsOf(xor, { parameters: { trees: 101, depth: 1 }, rows: 20 }));
    expect([uneven.history.length, uneven.forest.trees.length]).to.deep.equal([34, 101]);
  });

  it("let rows count by their weights", async () => {
    // No input says which class it is, so what is said of a row is what its weights make of the two.
    const options = (weights: (answer: number) => number) => {
      let row = 0;
      const asked = { rows: 100, weights, parameters: { trees: 1, depth: 1, l2: 1_000 } };
      return optionsOf(() => Number(row++ % 5 === 0), asked);
    };
    const share = async (weights: (answer: number) => number): Promise<number> => {
      const { forest } = await boosted(options(weights));
      return 1 / (1 + Math.exp(-(forest.begin[0] ?? 0)));
    };
    expect(await share(() => 1)).to.be.closeTo(0.2, 1e-12);
    expect(await share((answer) => (answer === 1 ? 4 : 1))).to.be.closeTo(0.5, 1e-12);
  });

  it("say the same of every row where no input tells any apart", async () => {
    const options = optionsOf(xor, { rows: 20 });
    options.train.points.values.fill(0.5);
    const { forest, history } = await boosted(options);
    expect(forest.trees.every(({ columns }) => columns.every((column) => column === -1))).to.equal(true);
    expect(history.at(-1)?.loss).to.be.closeTo(history[0]?.loss ?? 0, 1e-9);
  });

  for (const classes of [2, 4])
    it(`are not thrown off by rows that are wrong among certain ones, of ${classes} classes`, async () => {
      // Nothing holds the leaves, and one row in ten has a class that no input tells.
      let row = 0;
      const noisy = ([value = 0]: Float32Array): number =>
        row++ % 10 === 0 ? 0 : Math.min(classes - 1, Math.floor(((value + 1) / 2) * classes));
      const { history } = await boosted(
        optionsOf(noisy, {
          classes,
          rows: 300,
          watched: 100,
          parameters: { trees: 150, l2: 0, subsample: 0.5 },
          hyperparameters: { learningRate: 0.5 },
        }),
      );
      const losses = history.map(({ valLoss }) => valLoss ?? Number.NaN);
      expect(Math.max(...losses)).to.be.below(5);
      expect(Math.max(...history.map(({ loss }) => loss))).to.be.below(2);
    });

  it("end with TRAINING_DIVERGED where numbers leave the range of doubles", async () => {
    const huge = optionsOf(() => 1e200, { classes: null });
    huge.train.answers.values = Float64Array.from({ length: 120 }, (_, row) => (row % 2 ? 1e200 : -1e200));
    expect(await codeOf(Booster.start(huge).epoch())).to.equal("TRAINING_DIVERGED");
  });

  it("refuse the checkpoint of other trees, and damaged ones", async () => {
    const options = optionsOf(xor);
    const booster = Booster.start(options);
    await booster.epoch();
    const bytes = await booster.checkpoint();
    const other = { ...options, fingerprint: "g" };
    expect(await codeOf(() => Booster.start(other, bytes))).to.equal("CHECKPOINT_MISMATCH");
    for (const damaged of [bytes.subarray(0, 20), new Uint8Array(10), Buffer.from("nonsense")])
      expect(await codeOf(() => Booster.start(options, damaged))).to.equal("CHECKPOINT_MISMATCH");
  });

  it("let go of the event loop within a tree, so that a lost parent is noticed, and change nothing by it", async () => {
    const { points, answers } = optionsOf(xor).train;
    const slopes = {
      rows: Int32Array.from({ length: points.rows }, (_, row) => row),
      scores: 1,
      mostStep: 10,
      first: Float64Array.from({ length: points.rows }, (_, row) => (answers.values[row] ?? 0) - 0.5),
      second: new Float64Array(points.rows).fill(0.25),
    };
    const places = (borders: number): Iterable<number> => Array(borders).keys();
    const grown = (pause: Pause) =>
      growTree(binColumns(points), slopes, { depth: 2, l2: 1, rate: 1, places, pause });
    let turned = false;
    setImmediate(() => (turned = true));
    const paused = await grown(new Pause(0));
    expect(turned).to.equal(true);
    expect(paused).to.deep.equal(await grown(new Pause()));
  });
});
