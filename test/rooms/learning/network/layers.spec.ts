import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { sizeOf, weightShapes } from "../../../../src/rooms/learning/architecture/index.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import {
  buildNetwork,
  forwardNetwork,
  nameWeights,
  networkVariables,
  readWeights,
  writeWeights,
} from "../../../../src/rooms/learning/network/index.js";
import { seededRandom, withRandom } from "../../../../src/rooms/learning/random.js";
import { type Sample, samples } from "../architecture/layers.js";

const random = seededRandom(3, "layers");
const rowsOf = ({ shape, vocabulary }: Sample["input"], rows: number): Float32Array =>
  Float32Array.from({ length: rows * sizeOf(shape) }, () =>
    vocabulary === undefined ? random() * 2 - 1 : Math.floor(random() * vocabulary),
  );
const built = ({ architecture, input }: Sample) =>
  withRandom(seededRandom(1), () => buildNetwork(architecture, input, 3));

describe("learning: networks of all layers", () => {
  before(startBackend);

  for (const [name, sample] of Object.entries(samples)) {
    const { architecture, input } = sample;
    it(`has the weights of its description in their order: ${name}`, async () => {
      const shapes = networkVariables(await built(sample)).map(({ shape }) => shape.join("×"));
      expect(shapes).to.deep.equal(weightShapes(architecture, input, 3).map(({ shape }) => shape.join("×")));
    });

    it(`serves what was trained: ${name}`, async () => {
      const model = await built(sample);
      const x = rowsOf(input, 9);
      const expected = (model.predictOnBatch(tensor(x, [9, ...input.shape])) as Tensor).dataSync();
      const forward = forwardNetwork(architecture, readWeights(model), input, 3);
      const served = forward.run(x, 9);
      expect(served).to.have.length(27);
      served.forEach((value, place) => expect(value).to.be.closeTo(expected[place] ?? Number.NaN, 1e-5));
      expect(forward.bytes).to.equal(readWeights(model).byteLength);
      forward.dispose();
    });

    it(`gives a row the same bits alone and among others: ${name}`, async () => {
      const forward = forwardNetwork(architecture, readWeights(await built(sample)), input, 3);
      const width = sizeOf(input.shape);
      const x = rowsOf(input, 33);
      const together = forward.run(x, 33);
      for (let row = 0; row < 33; row += 8) {
        const alone = forward.run(x.slice(row * width, (row + 1) * width), 1);
        expect(alone).to.deep.equal(together.slice(row * 3, row * 3 + 3));
      }
      expect(forward.run(new Float32Array(), 0)).to.have.length(0);
      forward.dispose();
    });

    it(`takes back the weights that it gave: ${name}`, async () => {
      const model = await built(sample);
      const weights = readWeights(model).map((value, place) => value + place / 1_000);
      writeWeights(model, weights);
      expect(readWeights(model)).to.deep.equal(weights);
    });
  }

  it("goes through many rows in parts, as through few", async () => {
    const sample = samples["convolution over an image"] as Sample;
    const forward = forwardNetwork(sample.architecture, readWeights(await built(sample)), sample.input, 3);
    const one = rowsOf(sample.input, 1);
    const rows = 30_000;
    const many = new Float32Array(one.length * rows);
    for (let row = 0; row < rows; row++) many.set(one, row * one.length);
    const [alone, together] = [forward.run(one, 1), forward.run(many, rows)];
    for (const row of [0, 12_345, rows - 1])
      expect(together.slice(row * 3, row * 3 + 3)).to.deep.equal(alone);
    forward.dispose();
  });

  it("begins recurrent layers with orthogonal gates, which keep the length of a state", async () => {
    const sample = samples["two LSTM over tokens"] as Sample;
    const weights = readWeights(await built(sample));
    const kernel = nameWeights(weights, sample.architecture, sample.input, 3).get("1.recurrentKernel");
    expect(kernel?.shape).to.deep.equal([8, 32]);
    for (let gate = 0; gate < 4; gate++) {
      const rows = Array.from({ length: 8 }, (_, row) =>
        Array.from(kernel?.values.slice(row * 32 + gate * 8, row * 32 + gate * 8 + 8) ?? []),
      );
      rows.forEach((a, i) =>
        rows.forEach((b, j) => {
          const product = a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
          expect(product).to.be.closeTo(Number(i === j), 1e-6);
        }),
      );
    }
  });
});
