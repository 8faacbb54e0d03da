import { expect } from "chai";
import { unzipSync, zipSync } from "fflate";
import { type Artefact, parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { networkSides } from "../../../../src/rooms/learning/exchange/described.js";
import { readImport } from "../../../../src/rooms/learning/importing/read-import.js";
import { expectedOf, matrixOf, tokenArtefact } from "../exchange/artefacts.js";
import { pooledTokens } from "../exchange/layered.js";
import { exported, planFor, refusal } from "./support.js";

const plan = planFor("TFJS", { type: "CLASSIFICATION" });

/** The exported network with one of its files changed. */
function changed(artefact: Artefact, name: string, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const files = unzipSync(exported(artefact, "TFJS"));
  return zipSync({ ...files, [name]: change(files[name] ?? new Uint8Array()) });
}

const replaced = (from: string, to: string) => (bytes: Uint8Array) => {
  const before = JSON.stringify(JSON.parse(Buffer.from(bytes).toString()));
  expect(before).to.include(from);
  return Buffer.from(before.replace(from, to));
};

describe("importing: pooling that leaves out padding", () => {
  before(startBackend);
  const average = pooledTokens[0]?.[1] ?? tokenArtefact(6, []);

  it("is what the network's layers are, and its input says so", async () => {
    const { architecture, preprocessing } = await readImport(exported(average, "TFJS"), plan);
    expect(architecture).to.deep.equal(average.architecture);
    expect(preprocessing).to.deep.equal(average.preprocessing);
  });

  it("is not where the network pools all steps, whatever its description says", async () => {
    const plain = tokenArtefact(
      6,
      [{ type: "EMBEDDING", dimensions: 8 }, { type: "GLOBAL_AVERAGE_POOLING" }],
      1,
      true,
    );
    const said = changed(plain, "preprocessing.json", replaced(`"length":6`, `"length":6,"maskZero":true`));
    const imported = parseArtefact((await readImport(said, plan)).artefact);
    expect(networkSides(imported).input).to.not.have.property("maskZero");
    const matrix = matrixOf(plain, 7);
    expect([...expectedOf(imported, matrix, 7)]).to.deep.equal([...expectedOf(plain, matrix, 7)]);
  });

  it("is refused where its tables of tokens are others", async () => {
    const file = changed(average, "weights.bin", (bytes) =>
      bytes.map((byte, at) => (at < bytes.length - 4 ? byte : 0)),
    );
    expect((await refusal(() => readImport(file, plan))).message).to.match(/looks tokens up otherwise/);
  });

  it("is refused behind a layer whose steps are no longer tokens", async () => {
    const [embedding, pooling] = average.architecture.layers;
    if (!embedding || !pooling) throw new Error("The network has an embedding and a pooling.");
    const silent = tokenArtefact(6, [embedding, { type: "DROPOUT", dropout: 0.5 }, pooling]);
    const windows = `"class_name":"MaxPooling1D","config":{"pool_size":[2],"strides":[1],"padding":"same","name"`;
    const file = changed(silent, "model.json", (bytes) => {
      const before = JSON.stringify(JSON.parse(Buffer.from(bytes).toString()));
      return Buffer.from(before.replace(/"class_name":"Dropout","config":\{.*?"name"/, windows));
    });
    expect((await refusal(() => readImport(file, plan))).message).to.match(/no longer tokens/);
  });

  for (const [name, from, to] of [
    ["other settings", `"axes":1`, `"axes":2`],
    ["other inputs", `["shares_1",0,0,{}]`, `["padding_1",0,0,{}]`],
    ["another layer", `"class_name":"Dot"`, `"class_name":"Add"`],
  ] as const)
    it(`is refused as a network that branches where it has ${name}`, async () => {
      const file = changed(average, "model.json", replaced(from, to));
      expect((await refusal(() => readImport(file, plan))).message).to.match(/Networks that branch/);
    });
});
