import { tensor2d } from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { expect } from "chai";
import fc from "fast-check";
import { packArtefact, type Artefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { agree } from "../../../../src/rooms/learning/exchange/choose-network.js";
import { exportFiles } from "../../../../src/rooms/learning/exchange/export-formats.js";
import { codeOf, fieldsOf } from "../data.js";
import { attentiveTokens, customised, layered, pooledTokens, tokenised } from "./layered.js";
import { artefactOf, artefacts, everyLayer, expectedOf, matrixOf, widthOf } from "./artefacts.js";

const filesOf = (artefact: Artefact): Map<string, Buffer> =>
  new Map(
    exportFiles(packArtefact(artefact).bytes, "TFJS").map(({ name, parts }) => [name, Buffer.concat(parts)]),
  );

/** As a reader does that knows nothing but the files. */
async function load(files: Map<string, Buffer>) {
  const { modelTopology, weightsManifest } = JSON.parse(String(files.get("model.json")));
  const weightSpecs = weightsManifest[0].weights;
  const weightData = new Uint8Array(files.get(weightsManifest[0].paths[0]) ?? []).buffer;
  return loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
}

async function answers(artefact: Artefact, matrix: Float32Array, rows: number): Promise<Float32Array> {
  const model = await load(filesOf(artefact));
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

  it("refuses layers that would be code of our own, at format", async () => {
    for (const [, artefact] of customised) {
      expect(await codeOf(() => filesOf(artefact))).to.equal("EXPORT_UNSUPPORTED");
      expect(fieldsOf(() => filesOf(artefact))[0]?.path).to.equal("format");
    }
  });

  it("advises formats that can read tokens too", () => {
    const message = "TF.js has no layer for POSITION_EMBEDDING.";
    expect(fieldsOf(() => filesOf(attentiveTokens))).to.deep.equal([{ path: "format", message }]);
    expect(() => filesOf(attentiveTokens)).to.throw(/Export ONNX or SAFETENSORS\.$/);
  });

  it("holds the preprocessing, and no more than the weights' bytes", () => {
    const artefact = artefactOf(everyLayer, 1);
    const files = filesOf(artefact);
    expect([...files.keys()]).to.deep.equal(["model.json", "weights.bin", "preprocessing.json"]);
    expect(files.get("weights.bin")).to.have.length(artefact.weights.byteLength);
    expect(JSON.parse(String(files.get("preprocessing.json")))).to.deep.equal(artefact.preprocessing);
  });
});
