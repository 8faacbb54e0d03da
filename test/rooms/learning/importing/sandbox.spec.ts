import { expect } from "chai";
import { imageCell } from "../../../../src/rooms/learning/encoding/index.js";
import { OnnxGraph } from "../../../../src/rooms/learning/exchange/onnx-graph.js";
import { importModel } from "../../../../src/rooms/learning/importing/index.js";
import { ImportedNetwork } from "../../../../src/rooms/learning/importing/imported-network.js";
import {
  isOnnxArtefact,
  packOnnxArtefact,
  parseOnnxArtefact,
} from "../../../../src/rooms/learning/importing/onnx-artefact.js";
import { Sandbox, SandboxEnded } from "../../../../src/rooms/learning/importing/sandbox.js";
import { Predictor } from "../../../../src/rooms/learning/predictor.js";
import { codeOf } from "../data.js";
import { model, planFor } from "./support.js";

const plan = planFor("ONNX", { inputs: ["a", "b"] });
const read = { type: "read", file: model(), plan } as const;
const ended = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => false,
    (error: unknown) => error instanceof SandboxEnded,
  );

/** The mean of each channel of [n, 3, 2, 2], as shares. */
function brightest(): Uint8Array {
  const graph = new OnnxGraph({ name: "x", shape: [3, 2, 2] });
  const means = graph.node("ReduceMean", ["x"], { axes: [2, 3], keepdims: 0 });
  const value = graph.node("Softmax", [means], { axis: 1 });
  return graph.encode({ value, name: "y", width: 3 }, {});
}

describe("importing: the sandbox", () => {
  it("answers one question after the other, and is gone once closed", async () => {
    const sandbox = new Sandbox();
    const answers = await Promise.all([sandbox.ask(read, 30_000), sandbox.ask(read, 30_000)]);
    expect(answers.map(({ type }) => type)).to.deep.equal(["read", "read"]);
    await sandbox.close();
    expect(sandbox.alive).to.equal(false);
    expect(await ended(sandbox.ask(read, 30_000))).to.equal(true);
  });

  it("is ended where an answer takes too long, or more memory than is allowed", async () => {
    const slow = new Sandbox();
    expect(await ended(slow.ask(read, 1))).to.equal(true);
    const small = new Sandbox(32 * 2 ** 20);
    expect(await ended(small.ask(read, 30_000))).to.equal(true);
    expect([slow.alive, small.alive]).to.deep.equal([false, false]);
  });

  it("computes a row alone what it does among others, and nothing of rows that are none", async () => {
    const network = await ImportedNetwork.load(
      parseOnnxArtefact((await importModel(model(), plan)).artefact),
    );
    const matrix = Float32Array.of(1, 2, -3, 0.5, 1e30, 7);
    const together = await network.run(matrix, 3);
    expect([...together.subarray(0, 4)]).to.deep.equal([7, 10, -1.5, -4]);
    for (let row = 0; row < 3; row++)
      expect([...(await network.run(matrix.slice(row * 2, row * 2 + 2), 1))]).to.deep.equal([
        ...together.subarray(row * 2, row * 2 + 2),
      ]);
    expect(await network.run(new Float32Array(), 0)).to.have.length(0);
    await network.dispose();
    expect(await codeOf(network.run(matrix, 3))).to.equal("UNAVAILABLE");
  });

  it("gives images to a graph as it has its channels, and scaled as was said", async () => {
    const scale = { mean: [0, 10, 20], deviation: [10, 10, 10] };
    const more = { type: "IMAGE", classes: ["red", "green", "blue"], pixels: scale } as const;
    const { artefact } = await importModel(
      brightest(),
      planFor("ONNX", { ...more, classes: [...more.classes] }),
    );
    const predictor = await Predictor.load(artefact);
    const pixels = Uint8Array.of(10, 20, 30, 20, 30, 40, 30, 40, 50, 40, 50, 100);
    const shares = await predictor.run([[imageCell(pixels)]]);
    await predictor.dispose();
    const means = [25, 35 - 10, 55 - 20].map((mean) => Math.exp(mean / 10));
    const sum = means.reduce((a, b) => a + b, 0);
    means.forEach((power, at) => expect(shares[at]).to.be.closeTo(power / sum, 1e-6));
  });

  it("is the only place for an imported graph: other engines are refused", async () => {
    const { artefact } = await importModel(model(), plan);
    expect(isOnnxArtefact(artefact)).to.equal(true);
    expect(packOnnxArtefact(parseOnnxArtefact(artefact)).bytes).to.deep.equal(artefact);
    expect(await codeOf(Predictor.load(artefact, ["TFJS"]))).to.equal("UNAVAILABLE");
    const cut = artefact.subarray(0, 20);
    expect(await codeOf(() => parseOnnxArtefact(cut))).to.equal("ARTEFACT_INVALID");
  });
});
