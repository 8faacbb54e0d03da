import { expect } from "chai";
import fc from "fast-check";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { agree, chooseNetwork, loadOnnx } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { encodeOnnx, onnxNames } from "../../../../src/rooms/learning/exchange/onnx.js";
import { OnnxGraph } from "../../../../src/rooms/learning/exchange/onnx-graph.js";
import { onnxLayer } from "../../../../src/rooms/learning/exchange/onnx-layers.js";
import { OnnxNetwork } from "../../../../src/rooms/learning/exchange/onnx-network.js";
import { permute } from "../../../../src/rooms/learning/exchange/permute.js";
import { expectedOf, matrixOf, widthOf } from "./artefacts.js";
import {
  attentiveBefore,
  attentivePadding,
  attentiveTokens,
  customised,
  layered,
  pooledTokens,
  tokenised,
} from "./layered.js";

const networks = [
  ...layered,
  ...customised,
  ...tokenised,
  ...pooledTokens,
  ["EMBEDDING, positions and TRANSFORMER_BLOCK", attentiveTokens] as const,
  ["the same from before padding was left out", attentiveBefore] as const,
  ["TRANSFORMER_BLOCK, causal too, with what it makes of padding", attentivePadding] as const,
];

describe("learning: layers in ONNX", () => {
  before(startBackend);

  for (const [name, artefact] of networks)
    it(`computes what our own network does, and gives a row the same bits alone: ${name}`, async () => {
      const network = await loadOnnx(artefact);
      const [rows, width] = [23, widthOf(artefact)];
      const matrix = matrixOf(artefact, rows);
      const together = await network.run(matrix, rows);
      expect(agree(expectedOf(artefact, matrix, rows), together)).to.equal(true);
      for (let row = 0; row < rows; row++) {
        const alone = await network.run(matrix.slice(row * width, (row + 1) * width), 1);
        expect([...alone], String(row)).to.deep.equal([...together.subarray(row * 3, row * 3 + 3)]);
      }
      await network.dispose();
      const chosen = await chooseNetwork(artefact, ["ONNXRUNTIME"]);
      expect(chosen.engine).to.equal("ONNXRUNTIME");
      await chosen.dispose();
    });
});

describe("learning: tokens in ONNX", () => {
  it("are looked up by their numbers, which come as floats", async () => {
    const graph = new OnnxGraph({ name: onnxNames.input, shape: [4] });
    const values = Float32Array.from({ length: 18 }, (_, at) => at / 8);
    const weights = () => ({ shape: [6, 3], values });
    const place = { graph, shape: [4], name: "0", weights };
    const embedded = onnxLayer({ type: "EMBEDDING", dimensions: 3 }, place, onnxNames.input);
    const value = onnxLayer({ type: "FLATTEN" }, { ...place, shape: [4, 3] }, embedded);
    const model = graph.encode({ value, name: onnxNames.output, width: 12 }, {});
    const network = await OnnxNetwork.load(model, { shape: [4], rowsAtOnce: 4 });
    const tokens = [5, 0, 2, 2, 1, 3, 0, 4];
    const found = await network.run(Float32Array.from(tokens), 2);
    await network.dispose();
    expect([...found]).to.deep.equal(
      tokens.flatMap((token) => [...values.subarray(token * 3, token * 3 + 3)]),
    );
  });

  it("go through in parts where many rows would need much memory", async () => {
    const artefact = layered[0]?.[1];
    if (!artefact) throw new Error("There is no network.");
    const shape = [widthOf(artefact)];
    const matrix = matrixOf(artefact, 21);
    const whole = await OnnxNetwork.load(encodeOnnx(artefact), { shape, rowsAtOnce: 100 });
    const parts = await OnnxNetwork.load(encodeOnnx(artefact), { shape, rowsAtOnce: 4 });
    expect([...(await parts.run(matrix, 21))]).to.deep.equal([...(await whole.run(matrix, 21))]);
    await Promise.all([whole.dispose(), parts.dispose()]);
  });
});

describe("learning: permuted axes", () => {
  const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  const cases = shape.chain((sides) =>
    fc.tuple(fc.constant(sides), fc.shuffledSubarray([...sides.keys()], { minLength: sides.length })),
  );

  it("hold each value at its new place, and come back by the opposite order", () => {
    fc.assert(
      fc.property(cases, ([sides, order]) => {
        const values = Float32Array.from({ length: sides.reduce((a, b) => a * b, 1) }, (_, at) => at);
        const turned = permute(values, sides, order);
        const turnedSides = order.map((axis) => sides[axis] ?? 1);
        const opposite = order.map((_, axis) => order.indexOf(axis));
        expect([...permute(turned, turnedSides, opposite)]).to.deep.equal([...values]);
        expect([...turned].toSorted((a, b) => a - b)).to.deep.equal([...values]);
      }),
    );
  });

  it("are those of a matrix turned over", () => {
    const turned = permute(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0]);
    expect([...turned]).to.deep.equal([1, 4, 2, 5, 3, 6]);
  });
});
