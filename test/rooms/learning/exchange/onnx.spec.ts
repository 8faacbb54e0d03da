import { expect } from "chai";
import fc from "fast-check";
import { Tensor } from "onnxruntime-node";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { agree, chooseNetwork, loadOnnx } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { encodeOnnx } from "../../../../src/rooms/learning/exchange/onnx.js";
import { OnnxNetwork } from "../../../../src/rooms/learning/exchange/onnx-network.js";
import { artefactOf, artefacts, everyLayer, expectedOf, matrixOf, widthOf } from "./artefacts.js";
import { openOnnx } from "../../../support/onnx.js";

describe("learning: ONNX", () => {
  before(startBackend);

  it("computes what our own network does, for every activation and any widths", () =>
    fc.assert(
      fc.asyncProperty(artefacts, fc.integer({ min: 1, max: 9 }), async (artefact, rows) => {
        const matrix = matrixOf(artefact, rows);
        const session = await openOnnx(encodeOnnx(artefact));
        const features = new Tensor("float32", matrix, [rows, widthOf(artefact)]);
        const { scores } = await session.run({ features });
        await session.release();
        expect(agree(expectedOf(artefact, matrix, rows), scores?.data as Float32Array)).to.equal(true);
      }),
      { numRuns: 60 },
    ));

  for (const layer of everyLayer) {
    const name = `${layer.activation}${layer.batchNormalization ? " with batch normalisation" : ""}`;

    it(`gives a row the same bits alone and in any batch: ${name}`, async () => {
      const artefact = artefactOf([{ ...layer, units: 17 }, layer], 3);
      const width = widthOf(artefact);
      const network = await loadOnnx(artefact);
      const matrix = matrixOf(artefact, 71);
      const together = await network.run(matrix, 71);
      for (let row = 0; row < 71; row++) {
        const alone = await network.run(matrix.slice(row * width, (row + 1) * width), 1);
        expect([...alone]).to.deep.equal([...together.subarray(row * 3, row * 3 + 3)]);
      }
      const some = await network.run(matrix.slice(5 * width, 11 * width), 6);
      expect([...some]).to.deep.equal([...together.subarray(15, 33)]);
      await network.dispose();
    });

    it(`is served: ${name}`, async () => {
      const network = await chooseNetwork(artefactOf([layer], 2), ["ONNXRUNTIME", "TFJS"]);
      expect(network.engine).to.equal("ONNXRUNTIME");
      expect(await network.run(new Float32Array(), 0)).to.have.length(0);
      await network.dispose();
    });
  }

  it("is left to tfjs where that is asked for, and where the answers differ", async () => {
    const artefact = artefactOf([], 2);
    const asked = await chooseNetwork(artefact, ["TFJS"]);
    expect(asked.engine).to.equal("TFJS");
    await asked.dispose();
    // Sums that overflow float32 are infinite in both, and nothing can be said of them.
    const overflowing = { ...artefact, weights: artefact.weights.map(() => 3e38) };
    const differing = await chooseNetwork(overflowing, ["ONNXRUNTIME"]);
    expect(differing.engine).to.equal("TFJS");
    await differing.dispose();
  });

  it("agrees within a hundred thousandth, absolute or relative, and never with what is no number", () => {
    const of = (...values: number[]): Float32Array => Float32Array.from(values);
    expect(agree(of(0, 100), of(9e-6, 100.0009))).to.equal(true);
    expect(agree(of(0), of(2e-5))).to.equal(false);
    expect(agree(of(100), of(100.002))).to.equal(false);
    expect(agree(of(1, 2), of(1))).to.equal(false);
    expect(agree(of(Number.NaN), of(Number.NaN))).to.equal(false);
    expect(agree(of(Infinity), of(Infinity))).to.equal(false);
  });

  it("keeps its names and what is known of the columns", async () => {
    const bytes = encodeOnnx(artefactOf(everyLayer, 3), { "tenfold.preprocessing": '{"a":1}' });
    const session = await openOnnx(bytes);
    expect(session.inputNames).to.deep.equal(["features"]);
    expect(session.outputNames).to.deep.equal(["scores"]);
    await session.release();
    expect(Buffer.from(bytes).includes('{"a":1}')).to.equal(true);
  });

  it("refuses what is no model with the runtime's own error", async () => {
    const refused = await OnnxNetwork.load(new Uint8Array(20), { shape: [1], rowsAtOnce: 4 }).catch(
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(Error);
  });
});
