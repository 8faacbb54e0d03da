import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import {
  type Artefact,
  packArtefact,
  parseArtefact,
  signatureOf,
} from "../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../src/rooms/learning/compute/engine.js";
import { packCheckpoint, parseCheckpoint } from "../../../src/rooms/learning/checkpoint.js";
import { pack, sha256 } from "../../../src/rooms/learning/container.js";
import { Predictor } from "../../../src/rooms/learning/predictor.js";
import { codeOf } from "./data.js";

interface Kept {
  artefact: string;
  sha256: string;
  columns: string[];
  row: string[];
  probabilities: number[];
}

const artefact: Artefact = {
  kernels: { backend: "wasm", version: "4.22.0" },
  preprocessing: {
    features: [
      { kind: "NUMBER", column: "größe", median: 1.5, mean: 2, deviation: 0.1, indicator: true },
      { kind: "CATEGORY", column: "colour", categories: ["blue", "red"], missing: false },
    ],
    leftOut: [{ column: "note", reason: "Free text." }],
    target: { type: "CLASSIFICATION", column: "kind", classes: ["a", "b"] },
  },
  architecture: {
    layers: [{ type: "DENSE", units: 3, activation: "GELU", dropout: 0.1, l2: 0, batchNormalization: false }],
  },
  // 4 × 3 + 3 and 3 × 2 + 2.
  weights: Float32Array.from({ length: 23 }, (_, place) => Math.fround(Math.sin(place) * 1e-3)),
};
const header = (() => {
  const { weights, ...rest } = artefact;
  void weights;
  return { format: "tenfold-layers", version: 2, ...rest };
})();

describe("learning: artefact", () => {
  const { bytes, sha256: digest } = packArtefact(artefact);

  it("comes back whole from its bytes, wherever these begin in memory", () => {
    expect(parseArtefact(bytes, digest)).to.deep.equal(artefact);
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(parseArtefact(shifted)).to.deep.equal(artefact);
  });

  it("has the same bytes for the same content, named by their SHA-256", () => {
    expect(packArtefact(structuredClone(artefact)).sha256).to.equal(digest);
    expect(sha256(bytes))
      .to.equal(digest)
      .and.match(/^[0-9a-f]{64}$/);
  });

  it("refuses another SHA-256 than the recorded one", async () => {
    const changed = Uint8Array.from(bytes);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(await codeOf(() => parseArtefact(changed, digest))).to.equal("ARTEFACT_INVALID");
  });

  it("refuses every cut and every addition", async () => {
    for (let length = 0; length < bytes.length; length += 7) {
      expect(await codeOf(() => parseArtefact(bytes.subarray(0, length))), String(length)).to.equal(
        "ARTEFACT_INVALID",
      );
    }
    expect(await codeOf(() => parseArtefact(Buffer.concat([bytes, Buffer.alloc(4)])))).to.equal(
      "ARTEFACT_INVALID",
    );
  });

  it("answers arbitrary bytes and damaged headers with its own error only", async () => {
    const damaged = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([place, value]) => {
      const copy = Uint8Array.from(bytes);
      copy[place] = value;
      return copy;
    });
    const anything = fc.oneof(fc.uint8Array(), damaged);
    await fc.assert(
      fc.asyncProperty(anything, async (content) => {
        expect(await codeOf(() => parseArtefact(content))).to.be.oneOf(["none", "ARTEFACT_INVALID"]);
      }),
    );
  });

  it("refuses what no training writes, before reading a weight", async () => {
    const huge = Array.from({ length: 16 }, () => ({ ...header.architecture.layers[0], units: 2_048 }));
    const wrong = [
      { ...header, version: 3 },
      { ...header, version: 1 },
      { ...header, code: "x" },
      { ...header, architecture: { layers: [{ ...header.architecture.layers[0], units: 1e9 }] } },
      { ...header, architecture: { layers: huge } },
      { ...header, preprocessing: { ...header.preprocessing, features: [] } },
      {
        ...header,
        preprocessing: {
          ...header.preprocessing,
          target: { type: "CLASSIFICATION", column: "k", classes: ["a"] },
        },
      },
    ];
    for (const other of wrong) {
      expect(await codeOf(() => parseArtefact(pack("TNFA", other, artefact.weights)))).to.equal(
        "ARTEFACT_INVALID",
      );
    }
    expect(await codeOf(() => parseArtefact(pack("TNFX", header, artefact.weights)))).to.equal(
      "ARTEFACT_INVALID",
    );
    const poisoned = Float32Array.from(artefact.weights);
    poisoned[4] = Number.NaN;
    expect(await codeOf(() => parseArtefact(pack("TNFA", header, poisoned)))).to.equal("ARTEFACT_INVALID");
  });

  it("reads what the code before layers of other types wrote, and answers the same", async () => {
    const kept = JSON.parse(readFileSync("test/data/artefact-v1.json", "utf8")) as Kept;
    const old = Buffer.from(kept.artefact, "base64");
    const { architecture, preprocessing } = parseArtefact(old, kept.sha256);
    expect(architecture.layers).to.deep.equal([
      { type: "DENSE", units: 6, activation: "TANH", dropout: 0.1, l2: 0.001, batchNormalization: true },
      { type: "DENSE", units: 4, activation: "GELU", dropout: 0, l2: 0, batchNormalization: false },
    ]);
    expect(preprocessing.target).to.have.property("column", "species");
    await startBackend();
    const predictor = await Predictor.load(old);
    expect(predictor.columns).to.deep.equal(kept.columns);
    (await predictor.run([kept.row])).forEach((value, place) =>
      expect(value).to.be.closeTo(kept.probabilities[place] ?? Number.NaN, 1e-6),
    );
    await predictor.dispose();
  });

  it("refuses layers that do not fit the inputs", async () => {
    const misfit = { ...header, architecture: { layers: [{ type: "FLATTEN" }, { type: "LSTM", units: 2 }] } };
    expect(await codeOf(() => parseArtefact(pack("TNFA", misfit, artefact.weights)))).to.equal(
      "ARTEFACT_INVALID",
    );
  });

  it("says what a caller sends and gets", () => {
    expect(signatureOf(artefact.preprocessing)).to.deep.equal({
      inputs: [
        { column: "größe", kind: "NUMBER", categories: null },
        { column: "colour", kind: "CATEGORY", categories: ["blue", "red"] },
      ],
      ignored: ["kind", "note"],
      output: { column: "kind", type: "CLASSIFICATION", classes: ["a", "b"] },
    });
  });
});

describe("learning: checkpoint bytes", () => {
  const checkpoint = {
    fingerprint: "f",
    history: [{ loss: 0.1 + 0.2, accuracy: null, valLoss: 1 / 3, valAccuracy: null }],
    stopping: { best: 1 / 3, bestEpoch: 1, wait: 0 },
    weights: Float32Array.of(1, 2, 3),
    best: Float32Array.of(4, 5, 6),
    optimizer: { iterations: 42, values: Float32Array.of(7, 8) },
  };

  it("come back to the bit, with and without best weights", () => {
    expect(parseCheckpoint(packCheckpoint(checkpoint), "f")).to.deep.equal(checkpoint);
    const plain = { ...checkpoint, best: null };
    expect(parseCheckpoint(packCheckpoint(plain), "f")).to.deep.equal(plain);
  });

  it("are refused by another training and when cut", async () => {
    const bytes = packCheckpoint(checkpoint);
    expect(await codeOf(() => parseCheckpoint(bytes, "g"))).to.equal("CHECKPOINT_MISMATCH");
    expect(await codeOf(() => parseCheckpoint(bytes.subarray(0, -4), "f"))).to.equal("CHECKPOINT_MISMATCH");
  });
});
