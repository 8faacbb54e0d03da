import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor3d } from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { expect } from "chai";
import { Tensor } from "onnxruntime-node";
import { packArtefact, parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { exportFiles } from "../../../../src/rooms/learning/exchange/export-formats.js";
import type { ExportFormat } from "../../../../src/rooms/learning/index.js";
import { Predictor } from "../../../../src/rooms/learning/predictor.js";
import type { Table } from "../../../../src/rooms/learning/preprocessing.js";
import { requireCoding } from "../../../../src/rooms/learning/series/coding.js";
import { decodeForecasts, encodeWindow } from "../../../../src/rooms/learning/series/encode.js";
import { observationsOf, windowOf } from "../../../../src/rooms/learning/series/request.js";
import { type Anchor, anchors } from "../../../../src/rooms/learning/series/settings.js";
import { forecastLearnt, planOf, targetOf, waves } from "./support.js";
import { openOnnx } from "../../../support/onnx.js";
import { has } from "../exchange/python.js";

const values = waves(100, 6);
const rows = values.map((y, row) => ({ y, other: row % 5 === 2 ? null : row % 7 }));
const table: Table = {
  columns: ["y", "other"],
  rows: rows.map(({ y, other }) => [String(y), other === null ? null : String(other)]),
};

const filesOf = (artefact: Uint8Array, format: ExportFormat): Map<string, Buffer> =>
  new Map(exportFiles(artefact, format).map(({ name, parts }) => [name, Buffer.concat(parts)]));

describe("learning: series for use elsewhere", function () {
  this.timeout(60_000);
  let artefact: Uint8Array;
  let window: Float64Array;
  let forecast: number[];

  const ours = async (bytes: Uint8Array): Promise<number[]> => {
    const predictor = await Predictor.load(bytes, ["TFJS"]);
    const answer = [...(await predictor.run([observationsOf(requireCoding(predictor.preprocessing), rows)]))];
    await predictor.dispose();
    return answer;
  };
  before(async () => {
    await startBackend();
    const plan = planOf({ window: 14, horizon: 4, season: 6 });
    const task = { ...plan.task, features: [{ column: "other", kind: "NUMBER" as const }] };
    const architecture = { preset: "CNN_1D", parameters: { filters: 4, units: 8 } };
    artefact = (await forecastLearnt(table, { ...plan, task, architecture })).artefact;
    window = windowOf(observationsOf(requireCoding(parseArtefact(artefact).preprocessing), rows));
    forecast = await ours(artefact);
  });

  const encoded = (): Float32Array => {
    const input = new Float32Array(window.length);
    encodeWindow(requireCoding(parseArtefact(artefact).preprocessing), window, input, 0);
    return input;
  };
  const expectAlike = (scores: Float32Array): void => {
    const coding = requireCoding(parseArtefact(artefact).preprocessing);
    decodeForecasts(coding, [window], scores).forEach((value, step) =>
      expect(value).to.be.closeTo(forecast[step] ?? Number.NaN, 1e-3),
    );
  };

  it("is served by onnxruntime, with the same forecast", async () => {
    const predictor = await Predictor.load(artefact);
    expect(predictor.engine).to.equal("ONNXRUNTIME");
    (await predictor.forecast([window])).forEach((value, step) =>
      expect(value).to.be.closeTo(forecast[step] ?? Number.NaN, 1e-3),
    );
    await predictor.dispose();
  });

  it("goes to ONNX as [rows, window, channels], with the preprocessing in its metadata", async () => {
    const bytes = filesOf(artefact, "ONNX").get("model.onnx") ?? Buffer.alloc(0);
    const session = await openOnnx(bytes);
    const { scores } = await session.run({ features: new Tensor("float32", encoded(), [1, 14, 2]) });
    await session.release();
    expectAlike(scores?.data as Float32Array);
    expect(bytes.includes('"type":"TIME_SERIES"')).to.equal(true);
  });

  it("goes to TF.js, with the preprocessing beside it", async () => {
    const files = filesOf(artefact, "TFJS");
    const { modelTopology, weightsManifest } = JSON.parse(String(files.get("model.json")));
    const weightData = new Uint8Array(files.get("weights.bin") ?? []).buffer;
    const weightSpecs = weightsManifest[0].weights;
    const model = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
    const output = model.predict(tensor3d(encoded(), [1, 14, 2]));
    expectAlike((Array.isArray(output) ? output[0] : output)?.dataSync<"float32">() ?? new Float32Array());
    model.dispose();
    const told = JSON.parse(String(files.get("preprocessing.json")));
    expect(told).to.deep.equal(parseArtefact(artefact).preprocessing);
  });

  describe("with its Python code", () => {
    let folder = "";
    before(function () {
      // Python is no part of Tenfold: where it lacks numpy there is nothing to compare with.
      if (!has("numpy")) this.skip();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "tenfold-series-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const python = (bytes: Uint8Array, sent: readonly object[]) => {
      for (const [name, content] of filesOf(bytes, "SAFETENSORS")) writeFileSync(join(folder, name), content);
      const input = sent.map((row) => JSON.stringify(row)).join("\n");
      return spawnSync("python3", ["-B", "model.py"], { input, cwd: folder, encoding: "utf8" });
    };

    /** The same weights, as if another simple forecast had been the best. */
    const withAnchor = (anchor: Anchor, floor: number | null): Uint8Array => {
      const parsed = parseArtefact(artefact);
      const target = { ...targetOf(parsed), anchor, floor, deviation: floor === null ? 3 : 0.1 };
      return packArtefact({ ...parsed, preprocessing: { ...parsed.preprocessing, target } }).bytes;
    };

    for (const anchor of anchors)
      it(`forecasts what Tenfold does: ${anchor}`, async () => {
        for (const floor of [null, 0.01]) {
          const bytes = withAnchor(anchor, floor);
          const lines = python(bytes, rows).stdout.trim().split("\n");
          const theirs = lines.map((line) => (JSON.parse(line) as { value: number }).value);
          const expected = await ours(bytes);
          expect(theirs).to.have.length(4);
          theirs.forEach((value, step) => expect(value).to.be.closeTo(expected[step] ?? Number.NaN, 1e-3));
        }
      });

    it("says what it needs where it is sent too little, or text", () => {
      expect(python(artefact, rows.slice(0, 13)).stderr).to.contain("needs the last 14 rows");
      expect(python(artefact, [...rows, { y: "many", other: 1 }]).stderr).to.contain(
        "'many' is not a number",
      );
      const code = execFileSync("python3", ["-B", "-c", "import model; print(len(model.TARGET))"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(Number(code)).to.equal(10);
    });
  });
});
