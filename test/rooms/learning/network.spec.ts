import { fill, tensor2d } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import {
  activations,
  type Architecture,
  type DenseLayer,
  parameterCount,
} from "../../../src/rooms/learning/architecture/index.js";
import { heapBytes, startBackend } from "../../../src/rooms/learning/compute/engine.js";
import {
  buildNetwork,
  forwardNetwork,
  networkVariables,
  readWeights,
  writeWeights,
} from "../../../src/rooms/learning/network/index.js";
import { seededRandom, withRandom } from "../../../src/rooms/learning/random.js";
import { codeOf } from "./data.js";

const random = seededRandom(9, "network");
const noise = (length: number) => Float32Array.from({ length }, () => random() * 2 - 1);
const layer = (activation: DenseLayer["activation"], batchNormalization = false): DenseLayer => ({
  type: "DENSE",
  units: 17,
  activation,
  dropout: 0.2,
  l2: 0.01,
  batchNormalization,
});

/** A network with every weight drawn at random; a variance must be positive. */
async function network(architecture: Architecture) {
  const model = await withRandom(seededRandom(1), () => buildNetwork(architecture, { shape: [11] }, 3));
  const weights: number[] = [];
  for (const variable of networkVariables(model)) {
    const values = noise(variable.shape.reduce<number>((product, side) => product * (side ?? 1), 1));
    const positive = variable.name.includes("variance");
    weights.push(...(positive ? values.map((value) => Math.abs(value) + 0.1) : values));
  }
  writeWeights(model, Float32Array.from(weights));
  return { model, forward: forwardNetwork(architecture, readWeights(model), { shape: [11] }, 3) };
}

describe("learning: network", () => {
  before(startBackend);

  for (const activation of activations) {
    for (const normalized of [false, true]) {
      it(`serves what was trained: ${activation}${normalized ? " with batch normalisation" : ""}`, async () => {
        const { model, forward } = await network({
          layers: [layer(activation, normalized), layer(activation)],
        });
        const x = noise(40 * 11);
        const trained = model.predictOnBatch(tensor2d(x, [40, 11]));
        const expected = (Array.isArray(trained) ? trained[0] : trained)?.dataSync() ?? [];
        const served = forward.run(x, 40);
        expect(served).to.have.length(120);
        served.forEach((value, place) => {
          const close = 2e-5 * Math.max(1, Math.abs(value));
          expect(value).to.be.closeTo(expected[place] ?? Number.NaN, close);
        });
        forward.dispose();
      });
    }
  }

  it("gives a row the same bits alone and in any batch", async () => {
    for (const activation of activations) {
      const { forward } = await network({ layers: [layer(activation), layer(activation, true)] });
      const x = noise(100 * 11);
      const together = forward.run(x, 100);
      for (let row = 0; row < 100; row += 9) {
        const alone = forward.run(x.slice(row * 11, row * 11 + 11), 1);
        expect([...alone], `${activation} ${row}`).to.deep.equal([...together].slice(row * 3, row * 3 + 3));
      }
    }
  });

  it("can do without hidden layers, and without rows", async () => {
    const { forward } = await network({ layers: [] });
    expect(forward.run(noise(22), 2)).to.have.length(6);
    expect(forward.run(new Float32Array(), 0)).to.have.length(0);
  });

  it("has as many weights as its description says", async () => {
    const architecture = { layers: [layer("TANH", true), layer("RELU")] };
    const { model } = await network(architecture);
    expect(readWeights(model)).to.have.length(parameterCount(architecture, { shape: [11] }, 3));
  });

  it("refuses memory beyond what the kernels can address", async () => {
    // 4.4 GB, which the allocator would take for 105 MB.
    for (let time = 0; time < 2; time++) {
      expect(await codeOf(() => fill([1_100_000_000], 1))).to.equal("TRAINING_LIMIT_EXCEEDED");
    }
    expect(fill([4], 1).dataSync()).to.deep.equal(Float32Array.of(1, 1, 1, 1));
  });

  it("leaves the handling of fatal errors to the process", () => {
    const ours = ["uncaughtException", "unhandledRejection"].flatMap((event) => process.rawListeners(event));
    expect(ours.some((listener) => String(listener).includes("ExitStatus"))).to.equal(false);
    expect(heapBytes()).to.be.above(0);
  });
});
