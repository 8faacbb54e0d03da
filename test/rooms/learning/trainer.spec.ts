import "@tensorflow/tfjs-backend-cpu";
import { memory, setBackend, tensor2d } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import {
  activations,
  type Architecture,
  type DenseLayer,
} from "../../../src/rooms/learning/architecture/index.js";
import { startBackend } from "../../../src/rooms/learning/compute/engine.js";
import { sha256 } from "../../../src/rooms/learning/container.js";
import { balancedWeights } from "../../../src/rooms/learning/examples.js";
import {
  type Hyperparameters,
  optimizers,
  suitableHyperparameters,
} from "../../../src/rooms/learning/hyperparameters.js";
import { seededRandom } from "../../../src/rooms/learning/random.js";
import { Trainer } from "../../../src/rooms/learning/trainer.js";
import type { Examples, TrainerOptions } from "../../../src/rooms/learning/trainer-options.js";
import { codeOf, dataSet, learn } from "./data.js";

const dense = (more: Partial<DenseLayer> = {}): DenseLayer => ({
  type: "DENSE",
  units: 6,
  activation: "RELU",
  dropout: 0,
  l2: 0,
  batchNormalization: false,
  ...more,
});
/** Everything that carries state or randomness from step to step. */
const hard: Architecture = {
  layers: [dense({ dropout: 0.3, l2: 0.01 }), dense({ batchNormalization: true })],
};

function examples(rows: number, part: string): Examples {
  const random = seededRandom(5, part);
  const x = Float32Array.from({ length: rows * 4 }, () => random() * 2 - 1);
  const y = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) y[row * 2 + Number((x[row * 4] ?? 0) > (x[row * 4 + 1] ?? 0))] = 1;
  return { x: tensor2d(x, [rows, 4]), y: tensor2d(y, [rows, 2]) };
}

function optionsOf(
  architecture: Architecture,
  hyperparameters: Partial<Hyperparameters>,
  seed = 3,
): TrainerOptions {
  const all = { ...suitableHyperparameters("CLASSIFICATION", 100), epochs: 6, ...hyperparameters };
  const shared = {
    type: "CLASSIFICATION",
    architecture,
    hyperparameters: all,
    seed,
    fingerprint: "f",
  } as const;
  return {
    ...shared,
    input: { shape: [4] },
    train: examples(70, "train"),
    validation: examples(30, "validation"),
  };
}

async function trainOn(
  options: TrainerOptions,
  checkpoint?: Uint8Array,
  stopAfter = Number.POSITIVE_INFINITY,
) {
  const trainer = await Trainer.start(options, checkpoint);
  while (!trainer.finished && trainer.history.length < stopAfter) await trainer.epoch();
  const result = {
    weights: trainer.weights,
    digest: sha256(new Uint8Array(trainer.weights.buffer)),
    checkpoint: await trainer.checkpoint(),
    history: [...trainer.history],
    bestEpoch: trainer.bestEpoch,
  };
  trainer.dispose();
  return result;
}

describe("learning: trainer", function () {
  this.timeout(30_000);
  before(startBackend);
  afterEach(() => setBackend("wasm"));

  for (const optimizer of optimizers) {
    it(`goes on from a checkpoint to the same weights, to the bit, with ${optimizer}`, async () => {
      const chosen = { optimizer, earlyStopping: { patience: 9, minDelta: 0 } };
      const whole = await trainOn(optionsOf(hard, chosen));
      const half = await trainOn(optionsOf(hard, chosen), undefined, 3);
      const resumed = await trainOn(optionsOf(hard, chosen), half.checkpoint);
      expect(half.digest).to.not.equal(whole.digest);
      expect(resumed.digest).to.equal(whole.digest);
      expect(resumed.history).to.deep.equal(whole.history);
      expect(sha256(resumed.checkpoint)).to.equal(sha256(whole.checkpoint));
    });
  }

  it("depends on the seed, zero included", async () => {
    const digests = new Set<string>();
    for (const seed of [0, 1, 0]) digests.add((await trainOn(optionsOf(hard, { epochs: 1 }, seed))).digest);
    expect(digests.size).to.equal(2);
  });

  for (const activation of activations) {
    for (const batchNormalization of [false, true]) {
      const name = `${activation}${batchNormalization ? " with batch normalisation" : ""}`;
      it(`takes the steps of the reference back end: ${name}`, async () => {
        const architecture = { layers: [dense({ activation, batchNormalization, l2: 0.01 })] };
        const steps = { epochs: 2, optimizer: "MOMENTUM", learningRate: 0.05 } as const;
        const fast = await trainOn(optionsOf(architecture, steps));
        await setBackend("cpu");
        const reference = await trainOn(optionsOf(architecture, steps));
        fast.weights.forEach((weight, place) =>
          expect(weight).to.be.closeTo(reference.weights[place] ?? Number.NaN, 2e-4),
        );
        expect(fast.history[1]?.valLoss).to.be.closeTo(reference.history[1]?.valLoss ?? Number.NaN, 1e-4);
      });
    }
  }

  it("stops early and keeps the best weights", async () => {
    const rule = { epochs: 60, learningRate: 0.2, earlyStopping: { patience: 3, minDelta: 0 } };
    const stopped = await trainOn(optionsOf(hard, rule));
    expect(stopped.history.length).to.be.below(60);
    expect(stopped.bestEpoch).to.equal(stopped.history.length - 3);
    const losses = stopped.history.map(({ valLoss }) => valLoss ?? Number.NaN);
    expect(Math.min(...losses)).to.equal(losses[stopped.bestEpoch - 1]);
    const upToBest = await trainOn(
      optionsOf(hard, { ...rule, earlyStopping: null }),
      undefined,
      stopped.bestEpoch,
    );
    expect(stopped.digest).to.equal(upToBest.digest);
  });

  it("goes on after a restart as early stopping would have", async () => {
    const rule = { epochs: 60, learningRate: 0.2, earlyStopping: { patience: 3, minDelta: 0 } };
    const whole = await trainOn(optionsOf(hard, rule));
    const late = await trainOn(optionsOf(hard, rule), undefined, whole.history.length - 1);
    const resumed = await trainOn(optionsOf(hard, rule), late.checkpoint);
    expect([resumed.digest, resumed.bestEpoch]).to.deep.equal([whole.digest, whole.bestEpoch]);
  });

  it("says when the loss diverges", async () => {
    const { table, plan } = dataSet("mpg");
    const hyperparameters = { optimizer: "SGD", learningRate: 10, epochs: 20 };
    expect(await codeOf(learn(table, { ...plan, hyperparameters }))).to.equal("TRAINING_DIVERGED");
  });

  it("refuses a checkpoint of another network", async () => {
    const { checkpoint } = await trainOn(optionsOf(hard, { epochs: 1 }));
    const other = { layers: [dense({ units: 7 })] };
    expect(await codeOf(Trainer.start(optionsOf(other, {}), checkpoint))).to.equal("CHECKPOINT_MISMATCH");
    expect(await codeOf(Trainer.start({ ...optionsOf(hard, {}), fingerprint: "g" }, checkpoint))).to.equal(
      "CHECKPOINT_MISMATCH",
    );
    const sgd = optionsOf(hard, { optimizer: "SGD" });
    expect(await codeOf(Trainer.start(sgd, checkpoint))).to.equal("CHECKPOINT_MISMATCH");
  });

  it("gives every tensor back", async () => {
    await trainOn(optionsOf(hard, { epochs: 2 }));
    const before = memory().numTensors;
    await trainOn(optionsOf(hard, { epochs: 2 }));
    expect(memory().numTensors - before).to.be.at.most(2);
  });

  it("weighs classes by the inverse of their frequency", () => {
    expect(balancedWeights([0, 0, 0, 1], 2)).to.deep.equal([4 / 6, 2]);
  });

  it("finds more of a rare class when classes are balanced", async () => {
    const random = seededRandom(2, "rare");
    const rows = Array.from({ length: 600 }, () => {
      const rare = random() < 0.08;
      return [String(random() + (rare ? 0.5 : 0)), rare ? "rare" : "common"];
    });
    const task = {
      type: "CLASSIFICATION",
      target: "kind",
      features: [{ column: "x", kind: "NUMBER" }],
    } as const;
    const recall = async (classWeights: string) => {
      const plan = {
        task: { ...task, features: [...task.features] },
        seed: 1,
        hyperparameters: { classWeights, epochs: 25 },
      };
      const { metrics } = await learn({ columns: ["x", "kind"], rows }, plan);
      return "recall" in metrics ? metrics.recall : 0;
    };
    expect(await recall("BALANCED")).to.be.above((await recall("NONE")) + 0.1);
  });
});
