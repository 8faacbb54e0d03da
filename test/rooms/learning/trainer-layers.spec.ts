import "@tensorflow/tfjs-backend-cpu";
import { setBackend, tensor, tensor2d } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { sizeOf } from "../../../src/rooms/learning/architecture/index.js";
import { startBackend } from "../../../src/rooms/learning/compute/engine.js";
import {
  type Hyperparameters,
  suitableHyperparameters,
} from "../../../src/rooms/learning/hyperparameters.js";
import { seededRandom } from "../../../src/rooms/learning/random.js";
import { Trainer } from "../../../src/rooms/learning/trainer.js";
import type { Examples, TrainerOptions } from "../../../src/rooms/learning/trainer-options.js";
import { type Sample, samples } from "./architecture/layers.js";

/** Rows whose class says which half of the values is larger. */
function examples({ shape, vocabulary }: Sample["input"], rows: number, part: string): Examples {
  const random = seededRandom(6, part);
  const width = sizeOf(shape);
  const draw = () => (vocabulary === undefined ? random() * 2 - 1 : Math.floor(random() * vocabulary));
  const x = Float32Array.from({ length: rows * width }, draw);
  const y = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const [first, second] = [0, 1].map((half) =>
      x.slice(row * width + (half * width) / 2, row * width + ((half + 1) * width) / 2),
    );
    const sum = (values: Float32Array | undefined) => values?.reduce((total, value) => total + value, 0) ?? 0;
    y[row * 2 + Number(sum(first) > sum(second))] = 1;
  }
  return { x: tensor(x, [rows, ...shape]), y: tensor2d(y, [rows, 2]) };
}

function optionsOf({ architecture, input }: Sample, chosen: Partial<Hyperparameters>): TrainerOptions {
  return {
    type: "CLASSIFICATION",
    architecture,
    input,
    hyperparameters: { ...suitableHyperparameters("CLASSIFICATION", 100), epochs: 4, ...chosen },
    seed: 3,
    fingerprint: "f",
    train: examples(input, 40, "train"),
    validation: examples(input, 12, "validation"),
  };
}

async function trainOn(options: TrainerOptions, checkpoint?: Uint8Array, epochs = 1_000) {
  const trainer = await Trainer.start(options, checkpoint);
  while (!trainer.finished && trainer.history.length < epochs) await trainer.epoch();
  const result = {
    weights: trainer.weights,
    checkpoint: await trainer.checkpoint(),
    history: [...trainer.history],
  };
  trainer.dispose();
  return result;
}

const withoutDropout = ({ architecture, input }: Sample): Sample => ({
  input,
  architecture: {
    layers: architecture.layers
      .filter(({ type }) => type !== "DROPOUT")
      .map((layer) => ("dropout" in layer ? { ...layer, dropout: 0 } : layer)),
  },
});

describe("learning: every layer trains", function () {
  this.timeout(60_000);
  before(startBackend);
  afterEach(() => setBackend("wasm"));

  for (const [name, sample] of Object.entries(samples)) {
    it(`goes on from a checkpoint to the same weights, to the bit: ${name}`, async () => {
      const chosen = { earlyStopping: { patience: 9, minDelta: 0 } };
      const whole = await trainOn(optionsOf(sample, chosen));
      const half = await trainOn(optionsOf(sample, chosen), undefined, 2);
      const resumed = await trainOn(optionsOf(sample, chosen), half.checkpoint);
      expect(Buffer.from(half.checkpoint).equals(whole.checkpoint)).to.equal(false);
      expect(resumed.weights).to.deep.equal(whole.weights);
      expect(resumed.history).to.deep.equal(whole.history);
      expect(Buffer.from(resumed.checkpoint).equals(whole.checkpoint)).to.equal(true);
    });

    it(`takes the steps of the reference back end: ${name}`, async () => {
      const steps = { epochs: 2, optimizer: "MOMENTUM", learningRate: 0.02 } as const;
      const fast = await trainOn(optionsOf(withoutDropout(sample), steps));
      await setBackend("cpu");
      const reference = await trainOn(optionsOf(withoutDropout(sample), steps));
      fast.weights.forEach((weight, place) =>
        expect(weight).to.be.closeTo(reference.weights[place] ?? Number.NaN, 2e-4),
      );
      expect(fast.history[1]?.valLoss).to.be.closeTo(reference.history[1]?.valLoss ?? Number.NaN, 1e-4);
    });

    it(`learns: ${name}`, async () => {
      const { history } = await trainOn(
        optionsOf(withoutDropout(sample), { epochs: 40, learningRate: 0.01, schedule: null }),
      );
      expect(history.at(-1)?.loss).to.be.below((history[0]?.loss ?? 0) * 0.8);
    });
  }
});
