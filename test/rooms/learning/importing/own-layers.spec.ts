import { expect } from "chai";
import { unzipSync, zipSync } from "fflate";
import { parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { networkSides } from "../../../../src/rooms/learning/exchange/described.js";
import { readImport } from "../../../../src/rooms/learning/importing/read-import.js";
import { expectedOf, matrixOf } from "../exchange/artefacts.js";
import { attentiveBefore, attentivePadding, attentiveTokens } from "../exchange/layered.js";
import { exported, planFor, refusal } from "./support.js";

const plan = planFor("TFJS", { type: "CLASSIFICATION" });
const whole = exported(attentiveTokens, "TFJS");

const steps = `["tenfoldpositionembedding_1",0,0,{}]`;
const tokens = `["inputlayer_input",0,0,{}]`;
/** What the first block takes. */
const both = `${steps},${tokens}`;

/** The export with other texts in its topology, each exactly once. */
function changed(...changes: [from: string, to: string][]): Uint8Array {
  const files = unzipSync(whole);
  let json = JSON.stringify(JSON.parse(Buffer.from(files["model.json"] ?? []).toString()));
  for (const [from, to] of changes) {
    expect(json).to.include(from);
    json = json.replace(from, to);
  }
  return zipSync({ ...files, "model.json": Buffer.from(json) });
}

describe("importing: layers that our own export adds", () => {
  before(startBackend);

  for (const [name, artefact] of [
    ["padding left out", attentiveTokens],
    ["padding seen, as before", attentiveBefore],
    ["a causal block", attentivePadding],
  ] as const)
    it(`are again what they were: ${name}`, async () => {
      const { architecture, preprocessing } = await readImport(exported(artefact, "TFJS"), plan);
      expect(architecture).to.deep.equal(artefact.architecture);
      expect(preprocessing).to.deep.equal(artefact.preprocessing);
    });

  it("are computed by our code, whatever code the archive brings", async () => {
    const evil = "globalThis.tenfoldWasHere = true; throw new Error('run'); export function register() {}";
    for (const code of [evil, null]) {
      const { "layers.js": _own, ...files } = unzipSync(whole);
      const file = zipSync({ ...files, ...(code && { "layers.js": Buffer.from(code) }) });
      const { artefact } = await readImport(file, plan);
      const matrix = matrixOf(attentiveTokens, 4);
      const expected = expectedOf(attentiveTokens, matrix, 4);
      expect([...expectedOf(parseArtefact(artefact), matrix, 4)]).to.deep.equal([...expected]);
      expect(globalThis).to.not.have.property("tenfoldWasHere");
    }
  });

  for (const [name, message, ...changes] of [
    ["another class", /MyLayer\) is of a type that is not served/, ["TenfoldPositionEmbedding", "MyLayer"]],
    ["an unknown activation", /activation that is none of ours/, [`"activation":"relu"`, `"activation":"x"`]],
    ["heads that are no number", /no whole number heads/, [`"heads":2`, `"heads":"2"`]],
    ["heads that don't divide the channels", /heads/, [`"heads":2`, `"heads":3`]],
    ["more units than weights", /the layer has \[8, 10\]/, [`"units":9`, `"units":10`]],
    [
      "a billion units",
      /^The file's network is not served: layers\.2\.units: It must be at most/,
      [`"units":9`, `"units":1000000000`],
    ],
    ["a word for causal", /causal/, [`"causal":false`, `"causal":"yes"`]],
    ["other inputs", /branch/, [both, `${steps},["embedding_0",0,0,{}]`]],
    ["positions that see tokens", /branch/, [`["embedding_0",0,0,{}]`, `["embedding_0",0,0,{}],${tokens}`]],
  ] as [string, RegExp, ...[string, string][]][])
    it(`are refused with ${name}`, async () => {
      const { code, message: told } = await refusal(() => readImport(changed(...changes), plan));
      expect(code).to.match(/^MODEL_FILE_/);
      expect(told).to.match(message);
    });

  it("leave padding in where one of them has no tokens and no other layer leaves it out", async () => {
    const before = exported(attentiveBefore, "TFJS");
    const { artefact } = await readImport(before, plan);
    expect(networkSides(parseArtefact(artefact)).input).to.not.have.property("maskZero");
  });

  it("are refused where one leaves out padding and another does not", async () => {
    const half = changed([both, steps]);
    expect((await refusal(() => readImport(half, plan))).message).to.match(/no longer tokens/);
  });
});
