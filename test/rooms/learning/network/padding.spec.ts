import { grads, mul, sum, tensor, zeros } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { buildNetwork, forwardNetwork, nameWeights } from "../../../../src/rooms/learning/network/index.js";
import { MaskedAverage, MaskedMaximum } from "../../../../src/rooms/learning/network/masked-pooling.js";
import { expectParity, numbers, on } from "../compute/both.js";
import { drawn, padded, tokens } from "./padded.js";

const texts = [[3, 8, 1], [5], [2, 2, 7, 4, 6], [8, 8, 8, 8]];
const embedding = { type: "EMBEDDING", dimensions: 4 };
const block = { type: "TRANSFORMER_BLOCK", heads: 2, units: 5, activation: "GELU" };
const average = { type: "GLOBAL_AVERAGE_POOLING" };
const maximum = { type: "GLOBAL_MAX_POOLING" };

function answers(layers: readonly object[], length: number, maskZero = true): number[] {
  const { maskZero: mask, ...before } = tokens(length);
  const input = { ...before, ...(maskZero && mask && { maskZero }) };
  const { architecture, weights } = drawn(layers, input);
  const network = forwardNetwork(architecture, weights, input, 2);
  const found = network.run(padded(texts, length), texts.length);
  network.dispose();
  return [...found];
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? Number.NaN))));

describe("learning: padding", () => {
  before(startBackend);

  for (const [name, layers] of Object.entries({
    "an average of embeddings": [embedding, average],
    "a maximum of embeddings": [embedding, maximum],
    "attention, causal attention and an average": [embedding, block, { ...block, causal: true }, average],
    "attention and a maximum": [embedding, block, { type: "LAYER_NORMALIZATION" }, maximum],
  })) {
    it(`changes nothing of ${name}, however much there is`, () => {
      const [short, long] = [answers(layers, 5), answers(layers, 11)];
      expect(distance(short, long)).to.be.at.most(1e-5);
    });

    it(`changes ${name} in a version from before it was left out, as it always did`, () =>
      expect(distance(answers(layers, 5, false), answers(layers, 11, false))).to.be.above(1e-3));

    it(`alone gives zeros, so that ${name} answers the output's bias`, () => {
      const input = tokens(7);
      const { architecture, weights } = drawn(layers, input);
      const network = forwardNetwork(architecture, weights, input, 2);
      const bias = nameWeights(weights, architecture, input, 2).get("output.bias")?.values ?? [];
      expect([...network.run(new Float32Array(7), 1)]).to.deep.equal([...bias]);
      network.dispose();
    });
  }

  it("is left out on the oracle as on our kernels", async () => {
    const run = (): number[] => answers([embedding, block, { ...block, causal: true }, average], 8);
    expect(distance(await on("cpu", run), await on("wasm", run))).to.be.at.most(1e-5);
  });

  it("makes no difference among others: a row has the same bits alone", () => {
    const input = tokens(6);
    const { architecture, weights } = drawn([embedding, block, average], input);
    const network = forwardNetwork(architecture, weights, input, 2);
    const together = network.run(padded(texts, 6), texts.length);
    texts.forEach((text, row) =>
      expect([...network.run(padded([text], 6), 1)]).to.deep.equal([
        ...together.subarray(row * 2, row * 2 + 2),
      ]),
    );
    network.dispose();
  });

  it("is a second input of the layers that leave it out, and of no other", () => {
    const { architecture } = drawn([embedding, block, { type: "DENSE", units: 3 }, average], tokens(6));
    const { layers } = buildNetwork(architecture, tokens(6), 2);
    const inputs = layers.map((layer) => [layer.getClassName(), [layer.input].flat().length]);
    expect(inputs.filter(([, count]) => count === 2).map(([name]) => name)).to.deep.equal([
      "TenfoldTransformerBlock",
      "TenfoldMaskedAverage",
    ]);
  });
});

describe("learning: pooling of tokens against the cpu back end", () => {
  const given = [1, 0, 4, 0, 0, 7, 0, 0, 0];
  for (const [name, make] of Object.entries({
    average: () => new MaskedAverage(),
    maximum: () => new MaskedMaximum(),
  })) {
    const pooled = (x: Parameters<typeof sum>[0]) =>
      make().call([x as ReturnType<typeof tensor>, tensor(given, [3, 3])]);

    it(`agrees on the ${name} and its gradient`, () => expectParity(pooled, [numbers(1, 3, 3, 5)]));

    it(`gives padding no gradient from the ${name}`, async () => {
      const gradients = await on("wasm", () => {
        const share = tensor(numbers(2, 3, 5).values, [3, 5]);
        const [gradient] = grads((x) => sum(mul(pooled(x), share)))([
          tensor(numbers(3, 3, 3, 5).values, [3, 3, 5]),
        ]);
        return [...(gradient ?? zeros([45])).dataSync()];
      });
      expect(gradients.some((value) => value !== 0)).to.equal(true);
      given.forEach((token, step) => {
        if (token === 0)
          expect(gradients.slice(step * 5, step * 5 + 5).map(Math.abs)).to.deep.equal([0, 0, 0, 0, 0]);
      });
    });
  }
});
