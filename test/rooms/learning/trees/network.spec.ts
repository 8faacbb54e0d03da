import { expect } from "chai";
import fc from "fast-check";
import { outline, sizeOf } from "../../../../src/rooms/learning/architecture/index.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { agree, loadOnnx } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { forwardNetwork } from "../../../../src/rooms/learning/network/index.js";
import { networkOf } from "../../../../src/rooms/learning/trees/network.js";
import { type Forest, scoresOf } from "../../../../src/rooms/learning/trees/tree.js";
import type { Points } from "../../../../src/rooms/learning/clusters/points.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { wideArtefact } from "../exchange/artefacts.js";

/** A forest that nobody grew, some of whose levels ask nothing. */
function forestOf(
  shape: { trees: number; depth: number; scores: number; width: number },
  seed: number,
): Forest {
  const { trees, depth, scores, width } = shape;
  const random = seededRandom(seed, "forest");
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => random() * 2 - 1);
  return {
    begin: draw(scores),
    trees: Array.from({ length: trees }, () => ({
      columns: Array.from({ length: depth }, () => (random() < 0.1 ? -1 : Math.floor(random() * width))),
      borders: Array.from({ length: depth }, () => Math.fround(random() * 2 - 1)),
      leaves: draw(2 ** depth * scores),
    })),
  };
}

/** Rows at all scales, those as near to a border as single precision can tell among them. */
function rowsOf({ trees }: Forest, width: number, rows: number, seed: number): Points {
  const random = seededRandom(seed, "points");
  const borders = trees.flatMap((tree) => tree.borders);
  const value = (): number => {
    const drawn = random() * 2 - 1;
    const border = borders[Math.floor(random() * borders.length)] ?? 0;
    const near = border * (1 + (random() < 0.5 ? -1 : 1) * 2 ** -22);
    return [drawn, drawn * 20, drawn * 1e15, near, 0][Math.floor(random() * 5)] ?? 0;
  };
  return { values: Float32Array.from({ length: rows * width }, value), rows, width };
}

/** What the network of a forest puts out of two classes has half of the one score in each. */
function expectedOf(forest: Forest, points: Points, outputs: number): Float32Array {
  const scores = scoresOf(forest, points);
  if (forest.begin.length === outputs) return Float32Array.from(scores);
  return Float32Array.from([...scores].flatMap((score) => [-score / 2, score / 2]));
}

const shapes = fc.record({
  trees: fc.integer({ min: 1, max: 12 }),
  depth: fc.integer({ min: 1, max: 6 }),
  width: fc.integer({ min: 1, max: 9 }),
  outputs: fc.integer({ min: 1, max: 4 }),
});

describe("learning: trees as a network", function () {
  this.timeout(20_000);
  before(startBackend);

  it("answers what the trees do, whatever it reads", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), ({ trees, depth, width, outputs }, seed) => {
        const forest = forestOf({ trees, depth, width, scores: outputs === 2 ? 1 : outputs }, seed);
        const { architecture, weights } = networkOf(forest, depth, { width, outputs });
        const { layers, fault } = outline(architecture, { shape: [width] }, outputs);
        expect(fault).to.equal(null);
        const count = layers
          .flatMap((layer) => layer.weights)
          .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
        expect(weights).to.have.length(count);
        const points = rowsOf(forest, width, 20, seed);
        const network = forwardNetwork(architecture, weights, { shape: [width] }, outputs);
        const answers = network.run(points.values, points.rows);
        network.dispose();
        const expected = expectedOf(forest, points, outputs);
        for (const [at, value] of expected.entries()) expect(answers[at]).to.be.closeTo(value, 1e-5);
      }),
      { numRuns: 40 },
    );
  });

  it("answers the same in onnxruntime, so that it is served by it", async () => {
    const [width, depth] = [6, 4];
    const forest = forestOf({ trees: 60, depth, width, scores: 3 }, 5);
    const { architecture, weights } = networkOf(forest, depth, { width, outputs: 3 });
    const points = rowsOf(forest, width, 40, 5);
    const quick = await loadOnnx({ ...wideArtefact(width, architecture.layers), weights });
    const answers = await quick.run(points.values, points.rows);
    await quick.dispose();
    expect(agree(expectedOf(forest, points, 3), answers)).to.equal(true);
  });
});
