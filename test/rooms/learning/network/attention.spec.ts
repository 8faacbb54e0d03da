import { tensor2d, tensor3d, zeros } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import { parseArchitecture } from "../../../../src/rooms/learning/architecture/index.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import {
  buildNetwork,
  forwardNetwork,
  nameWeights,
  normalizationEpsilon,
  readWeights,
  writeWeights,
} from "../../../../src/rooms/learning/network/index.js";
import { selfAttention } from "../../../../src/rooms/learning/network/attention.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

type Matrix = number[][];
const [steps, d, heads, hidden] = [5, 8, 2, 6];
const random = seededRandom(8, "attention");

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    (b[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * (b[k]?.[j] ?? 0), 0)),
  );
const plus = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => value + (b[i]?.[j] ?? 0)));
const columns = (a: Matrix, from: number, to: number): Matrix => a.map((row) => row.slice(from, to));

/** The block as the papers write it, in double precision and with a loop for each head. */
class Reference {
  constructor(private readonly named: ReturnType<typeof nameWeights>) {}

  #matrix(name: string): Matrix {
    const { shape = [], values = [] } = this.named.get(name) ?? {};
    const [rows = 1, width = 1] = shape.length === 1 ? [1, shape[0]] : shape;
    return Array.from({ length: rows }, (_, row) => Array.from(values.slice(row * width, (row + 1) * width)));
  }

  #map(x: Matrix, name: string): Matrix {
    const [bias = []] = this.#matrix(`${name}.bias`);
    return times(x, this.#matrix(`${name}.kernel`)).map((row) =>
      row.map((value, j) => value + (bias[j] ?? 0)),
    );
  }

  #norm(x: Matrix, name: string): Matrix {
    const [[gamma = []], [beta = []]] = [this.#matrix(`${name}.gamma`), this.#matrix(`${name}.beta`)];
    return x.map((row) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      const root = Math.sqrt(variance + normalizationEpsilon);
      return row.map((value, j) => ((value - mean) / root) * (gamma[j] ?? 1) + (beta[j] ?? 0));
    });
  }

  #head(head: number, [q, k, v]: [Matrix, Matrix, Matrix]): Matrix {
    const width = d / heads;
    const [query, key, value] = [q, k, v].map((part) => columns(part, head * width, (head + 1) * width)) as [
      Matrix,
      Matrix,
      Matrix,
    ];
    const weights = query.map((row) => {
      const powers = key.map((other) =>
        Math.exp(row.reduce((sum, a, place) => sum + a * (other[place] ?? 0), 0) / Math.sqrt(width)),
      );
      const total = powers.reduce((sum, power) => sum + power, 0);
      return powers.map((power) => power / total);
    });
    return times(weights, value);
  }

  block(x: Matrix): Matrix {
    const seen = this.#norm(x, "0.attention");
    const parts = ["query", "key", "value"].map((name) => this.#map(seen, `0.${name}`)) as [
      Matrix,
      Matrix,
      Matrix,
    ];
    const each = Array.from({ length: heads }, (_, head) => this.#head(head, parts));
    const joined = x.map((_, step) => each.flatMap((one) => one[step] ?? []));
    const attended = plus(x, this.#map(joined, "0.attention"));
    const inner = this.#map(this.#norm(attended, "0.feedForward"), "0.feedForward");
    return plus(
      attended,
      this.#map(
        inner.map((row) => row.map(Math.tanh)),
        "0.projection",
      ),
    );
  }

  run(x: Matrix): number[] {
    const flat = [this.block(x).flat()];
    return this.#map(flat, "output")[0] ?? [];
  }
}

describe("learning: a transformer's block", () => {
  before(startBackend);
  const architecture = parseArchitecture({
    layers: [{ type: "TRANSFORMER_BLOCK", heads, units: hidden, activation: "TANH" }, { type: "FLATTEN" }],
  });
  const input = { shape: [steps, d] };

  it("computes multi-head attention, feed-forward and residuals as the papers write them", () => {
    const model = buildNetwork(architecture, input, 3);
    const weights = readWeights(model).map(() => random() * 2 - 1);
    writeWeights(model, weights);
    const x = Array.from({ length: steps }, () => Array.from({ length: d }, () => random() * 2 - 1));
    const expected = new Reference(nameWeights(weights, architecture, input, 3)).run(x);
    const served = forwardNetwork(architecture, weights, input, 3).run(Float32Array.from(x.flat()), 1);
    served.forEach((value, place) => expect(value).to.be.closeTo(expected[place] ?? Number.NaN, 1e-5));
  });

  it("lets a causal step see itself and those before it alone", () => {
    const eye = Array.from({ length: d * d }, (_, at) => Number(at % (d + 1) === 0));
    const identity = { kernel: tensor2d(eye, [d, d]), bias: zeros([d]) };
    const maps = { query: identity, key: identity, value: identity, output: identity };
    const x = Float32Array.from({ length: steps * d }, () => random());
    const all = selfAttention(tensor3d(x, [1, steps, d]), maps, heads, true).dataSync();
    for (let at = 0; at < d; at++) expect(all[at]).to.be.closeTo(x[at] ?? Number.NaN, 1e-5);
    for (let step = 1; step <= steps; step++) {
      const few = tensor3d(x.slice(0, step * d), [1, step, d]);
      // Of a beginning the last step sees all there is, causal or not.
      const last = selfAttention(few, maps, heads).dataSync().slice(-d);
      last.forEach((value, at) => expect(all[(step - 1) * d + at]).to.be.closeTo(value, 1e-6));
    }
  });

  it("lets heads attend apart from each other: what one reads changes its own values alone", () => {
    const eye = Array.from({ length: d * d }, (_, at) => Number(at % (d + 1) === 0));
    const identity = { kernel: tensor2d(eye, [d, d]), bias: zeros([d]) };
    const maps = { query: identity, key: identity, value: identity, output: identity };
    const x = Float32Array.from({ length: steps * d }, () => random());
    const changed = x.map((value, at) => (at % d < d / heads ? value * 3 : value));
    const [before, after] = [x, changed].map((values) =>
      selfAttention(tensor3d(values, [1, steps, d]), maps, heads).dataSync(),
    );
    before?.forEach((value, at) => {
      if (at % d < d / heads) expect(after?.[at]).to.not.equal(value);
      else expect(after?.[at]).to.equal(value);
    });
  });
});
