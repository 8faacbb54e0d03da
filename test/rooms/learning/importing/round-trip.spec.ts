import { expect } from "chai";
import fc from "fast-check";
import { parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import type { Artefact } from "../../../../src/rooms/learning/artefact.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { readImport } from "../../../../src/rooms/learning/importing/read-import.js";
import { artefactOf, artefacts, everyLayer, expectedOf, matrixOf } from "../exchange/artefacts.js";
import {
  attentiveBefore,
  attentivePadding,
  attentiveTokens,
  customised,
  layered,
  pooledTokens,
  tokenised,
} from "../exchange/layered.js";
import { dense, exported, planFor, refusal, tfjs } from "./support.js";

const rows = 5;

/** What was exported answers as before once it was imported, into a model of its own type and into one of CUSTOM. */
async function comesBack(artefact: Artefact): Promise<void> {
  const matrix = matrixOf(artefact, rows);
  const expected = expectedOf(artefact, matrix, rows);
  for (const type of [artefact.preprocessing.target.type, "CUSTOM"] as const) {
    const { artefact: bytes } = await readImport(exported(artefact, "TFJS"), planFor("TFJS", { type }));
    const found = expectedOf(parseArtefact(bytes), matrix, rows);
    expect(found.length).to.equal(expected.length);
    expected.forEach((value, at) =>
      expect(Math.abs((found[at] ?? Number.NaN) - value)).to.be.at.most(1e-4 * (1 + Math.abs(value))),
    );
  }
}

describe("importing: TF.js that Tenfold exported", () => {
  before(startBackend);

  it("is read again, whatever its activations", async () => {
    for (const layer of everyLayer) await comesBack(artefactOf([layer], 3));
  });

  it("is read again, dense networks of all kinds", () => fc.assert(fc.asyncProperty(artefacts, comesBack)));

  const blocks: [string, Artefact][] = [
    ...customised,
    ["positions and blocks that leave out padding", attentiveTokens],
    ["the same from before padding was left out", attentiveBefore],
    ["blocks that leave out padding, and layers that see what they make of it", attentivePadding],
  ];
  for (const [name, artefact] of [...layered, ...tokenised, ...pooledTokens, ...blocks])
    it(`is read again: ${name}`, async () => comesBack(artefact));

  it("knows a square only where a layer meets itself", async () => {
    const squared = (nodes: unknown[]): Uint8Array =>
      tfjs({
        topology: {
          class_name: "Model",
          config: {
            layers: [
              { ...dense("d", { batch_input_shape: [null, 2] }), inbound_nodes: [] },
              { class_name: "Multiply", config: { name: "m" }, inbound_nodes: nodes },
            ],
          },
        },
      });
    const plan = planFor("TFJS", { inputs: ["a", "b"] });
    const twice = [
      [
        ["d", 0, 0, {}],
        ["d", 0, 0, {}],
      ],
    ];
    const { architecture } = await readImport(squared(twice), plan);
    expect(architecture?.layers[0]).to.include({ type: "DENSE", activation: "SQUARE" });
    for (const nodes of [
      [[["d", 0, 0, {}]]],
      [
        [
          ["d", 0, 0, {}],
          ["x", 0, 0, {}],
        ],
      ],
      [],
    ])
      expect((await refusal(() => readImport(squared(nodes), plan))).message).to.include('"m"');
  });
});
