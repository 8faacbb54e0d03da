import { tensor2d } from "@tensorflow/tfjs-core";
import { expect } from "chai";
import fc from "fast-check";
import { packArtefact, type Artefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { agree } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { exportFiles } from "../../../../src/rooms/learning/exchange/export-formats.js";
import { attentiveTokens, layered, pooledTokens, tokenised } from "./layered.js";
import { artefactOf, artefacts, everyLayer, expectedOf, matrixOf, widthOf } from "./artefacts.js";
import { loadTfjsFiles } from "./tfjs-model.js";

const filesOf = (artefact: Artefact): Map<string, Buffer> =>
  new Map(
    exportFiles(packArtefact(artefact).bytes, "TFJS").map(({ name, parts }) => [name, Buffer.concat(parts)]),
  );

async function answers(artefact: Artefact, matrix: Float32Array, rows: number): Promise<Float32Array> {
  const model = await loadTfjsFiles(Object.fromEntries(filesOf(artefact)));
  const output = model.predictOnBatch(tensor2d(matrix, [rows, widthOf(artefact)]));
  const values = (Array.isArray(output) ? output[0] : output)?.dataSync<"float32">();
  model.dispose();
  return values ?? new Float32Array();
}

describe("learning: TF.js layers format", () => {
  before(startBackend);

  it("is loaded by the layers library and computes what our own network does", () =>
    fc.assert(
      fc.asyncProperty(artefacts, fc.integer({ min: 1, max: 9 }), async (artefact, rows) => {
        const matrix = matrixOf(artefact, rows);
        const served = expectedOf(artefact, matrix, rows);
        expect(agree(served, await answers(artefact, matrix, rows))).to.equal(true);
      }),
      { numRuns: 25 },
    ));

  for (const layer of everyLayer)
    it(`knows ${layer.activation}${layer.batchNormalization ? " with batch normalisation" : ""}`, async () => {
      const artefact = artefactOf([layer, layer], 3);
      const matrix = matrixOf(artefact, 20);
      expect(agree(expectedOf(artefact, matrix, 20), await answers(artefact, matrix, 20))).to.equal(true);
    });

  for (const [name, artefact] of [...layered, ...tokenised, ...pooledTokens])
    it(`knows ${name}`, async () => {
      const matrix = matrixOf(artefact, 9);
      expect(agree(expectedOf(artefact, matrix, 9), await answers(artefact, matrix, 9))).to.equal(true);
    });

  it("brings code for layers of our own, which says how it is used, and none for others", () => {
    const files = filesOf(attentiveTokens);
    expect([...files.keys()]).to.deep.equal(["model.json", "weights.bin", "layers.js", "preprocessing.json"]);
    const code = String(files.get("layers.js"));
    expect(code).to.match(
      /^\/\*\n \* Layers that TensorFlow.js does not have.*\n(?: \*.*\n)* \*   register\(tf\);\n/,
    );
    expect(code).to.not.match(/^import|\brequire\(/m);
  });

  it("goes on learning in the library, with layers of our own too", async () => {
    const model = await loadTfjsFiles(Object.fromEntries(filesOf(attentiveTokens)));
    const [rows, wanted] = [
      tensor2d(matrixOf(attentiveTokens, 8), [8, 11]),
      tensor2d(Array(24).fill(2), [8, 3]),
    ];
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const [before] = [model.evaluate(rows, wanted)].flat().map((loss) => loss.dataSync()[0]);
    for (let step = 0; step < 30; step++) await model.trainOnBatch(rows, wanted);
    const [after] = [model.evaluate(rows, wanted)].flat().map((loss) => loss.dataSync()[0]);
    expect(after).to.be.below((before ?? 0) * 0.8);
    model.dispose();
  });

  it("holds the preprocessing, and no more than the weights' bytes", () => {
    const artefact = artefactOf(everyLayer, 1);
    const files = filesOf(artefact);
    expect([...files.keys()]).to.deep.equal(["model.json", "weights.bin", "preprocessing.json"]);
    expect(files.get("weights.bin")).to.have.length(artefact.weights.byteLength);
    expect(JSON.parse(String(files.get("preprocessing.json")))).to.deep.equal(artefact.preprocessing);
  });
});
