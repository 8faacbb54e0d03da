import { expect } from "chai";
import { zipSync } from "fflate";
import { parseArtefact } from "../../../../src/rooms/learning/artefact.js";
import { readImport } from "../../../../src/rooms/learning/importing/read-import.js";
import { altered } from "../../datasets/images/support.js";
import { dense, type Files, planFor, refusal, tfjs } from "./support.js";

const plan = planFor("TFJS", { inputs: ["a", "b"] });
const read = (file: Uint8Array) => readImport(file, plan);
const first = { batch_input_shape: [null, 2] };
const layer = (class_name: string, config: object = {}): object => ({
  class_name,
  config: { name: "odd", ...config },
});
const weight = (more: object): object[] => [
  {
    paths: ["w.bin"],
    weights: [
      { name: "d/kernel", shape: [2, 1], dtype: "float32", ...more },
      { name: "d/bias", shape: [1], dtype: "float32" },
    ],
  },
];

const cases: [what: string, files: Files, code: string, words: string][] = [
  [
    "a Lambda",
    { layers: [dense("d", first), layer("Lambda", { function: ["cHdu", null, null] })] },
    "MODEL_FILE_UNSUPPORTED",
    '"odd" (Lambda)',
  ],
  [
    "a layer of somebody's own",
    { layers: [dense("d", first), layer("MyLayer")] },
    "MODEL_FILE_UNSUPPORTED",
    "MyLayer",
  ],
  [
    "a name that every object has",
    { layers: [dense("d", first), layer("constructor")] },
    "MODEL_FILE_UNSUPPORTED",
    "constructor",
  ],
  [
    "an activation of somebody's own",
    { layers: [dense("d", { ...first, activation: { class_name: "Evil" } })] },
    "MODEL_FILE_UNSUPPORTED",
    "Evil",
  ],
  ["a billion units", { layers: [dense("d", { ...first, units: 1e9 })] }, "MODEL_FILE_", "1000000000"],
  [
    "units that are no number",
    { layers: [dense("d", { ...first, units: "1" })] },
    "MODEL_FILE_UNSUPPORTED",
    "units",
  ],
  [
    "an input of any size",
    { layers: [dense("d", { batch_input_shape: [null, 1e6, 1e6] })] },
    "MODEL_FILE_UNSUPPORTED",
    "input",
  ],
  [
    "an input without fixed sides",
    { layers: [dense("d", { batch_input_shape: [null, null] })] },
    "MODEL_FILE_UNSUPPORTED",
    "fixed sides",
  ],
  [
    "a network that branches",
    {
      topology: {
        class_name: "Model",
        config: {
          layers: [
            { class_name: "InputLayer", config: { name: "i", ...first }, inbound_nodes: [] },
            {
              ...dense("d"),
              inbound_nodes: [
                [
                  ["i", 0, 0],
                  ["i", 0, 0],
                ],
              ],
            },
          ],
        },
      },
    },
    "MODEL_FILE_UNSUPPORTED",
    "branch",
  ],
  [
    "a product of two different layers",
    {
      topology: {
        class_name: "Model",
        config: {
          layers: [
            { class_name: "InputLayer", config: { name: "i", ...first }, inbound_nodes: [] },
            { ...dense("d"), inbound_nodes: [[["i", 0, 0]]] },
            {
              class_name: "Multiply",
              config: { name: "m" },
              inbound_nodes: [
                [
                  ["d", 0, 0],
                  ["i", 0, 0],
                ],
              ],
            },
          ],
        },
      },
    },
    "MODEL_FILE_UNSUPPORTED",
    "branch",
  ],
  ["a graph model", { topology: { node: [] } }, "MODEL_FILE_INVALID", "graph model"],
  [
    "too many layers",
    { layers: Array.from({ length: 200 }, (_, at) => dense(`d${at}`, first)) },
    "MODEL_FILE_TOO_LARGE",
    "layers",
  ],
  [
    "weights by a path that leads out",
    { manifest: [{ paths: ["../../etc/passwd"], weights: [] }] },
    "MODEL_FILE_UNSAFE",
    "plain file name",
  ],
  [
    "weights by an absolute path",
    { manifest: [{ paths: ["/etc/passwd"], weights: [] }] },
    "MODEL_FILE_UNSAFE",
    "plain file name",
  ],
  [
    "weights of a file that is not there",
    { manifest: [{ paths: ["x.bin"], weights: [] }] },
    "MODEL_FILE_INVALID",
    "lacks the file",
  ],
  [
    "weights of more values than memory has",
    { manifest: weight({ shape: [2 ** 24, 2 ** 24, 2 ** 24] }) },
    "MODEL_FILE_TOO_LARGE",
    "parameters",
  ],
  [
    "weights of more values than the file",
    { manifest: weight({ shape: [4, 1] }) },
    "MODEL_FILE_INVALID",
    "sizes",
  ],
  [
    "weights of another shape than the layer's",
    { manifest: weight({ shape: [1, 2] }) },
    "MODEL_FILE_INVALID",
    "[1, 2]",
  ],
  [
    "quantised weights",
    { manifest: weight({ quantization: { dtype: "uint8" } }) },
    "MODEL_FILE_UNSUPPORTED",
    "quantised",
  ],
  [
    "weights that are no numbers",
    { files: { "w.bin": new Uint8Array(Float32Array.of(1, Number.NaN, 1).buffer) } },
    "MODEL_FILE_INVALID",
    "finite",
  ],
  [
    "weights of no layer",
    { manifest: weight({ name: "other/kernel" }) },
    "MODEL_FILE_INVALID",
    "lacks its weights",
  ],
  ["no model.json", { files: { "model.json": new Uint8Array() } }, "MODEL_FILE_INVALID", "model.json"],
  [
    "two of them",
    { files: { "b/model.json": new Uint8Array([123, 125]) } },
    "MODEL_FILE_INVALID",
    "more than one",
  ],
  [
    "a description that is not ours",
    { files: { "preprocessing.json": Buffer.from('{"features": 1}') } },
    "MODEL_FILE_INVALID",
    "description",
  ],
  [
    "a name that leads out of the archive",
    { files: { "../w.bin": new Uint8Array(3) } },
    "MODEL_FILE_UNSAFE",
    "out of the archive",
  ],
  ["an archive in the archive", { files: { "more.zip": new Uint8Array(3) } }, "MODEL_FILE_UNSAFE", "archive"],
];

describe("importing: hostile TF.js", () => {
  it("reads the file that all of them are made of", async () => {
    const { weights, architecture } = parseArtefact((await read(tfjs())).artefact);
    expect([[...weights], architecture.layers]).to.deep.equal([[3, -1, 0.5], []]);
  });

  for (const [what, files, code, words] of cases)
    it(`refuses ${what}`, async () => {
      const refused = await refusal(() => read(tfjs(files)));
      expect(refused.code, refused.message).to.contain(code);
      expect(refused.message).to.contain(words);
    });

  it("refuses a bomb by what its entries say, a link, a file twice and what is no archive", async () => {
    const bomb = zipSync({ "model.json": new Uint8Array(80 * 2 ** 20) }, { level: 9 });
    expect((await refusal(() => read(bomb))).code).to.equal("MODEL_FILE_TOO_LARGE");
    const lying = altered(Buffer.from(bomb), "model.json", (record) => record.writeUInt32LE(100, 24));
    expect((await refusal(() => read(lying))).code).to.equal("MODEL_FILE_INVALID");
    const link = altered(Buffer.from(tfjs()), "w.bin", (record) => record.writeUInt32LE(0xa1ff0000, 38));
    expect((await refusal(() => read(link))).code).to.equal("MODEL_FILE_UNSAFE");
    const twice = altered(
      Buffer.from(tfjs({ files: { "v.bin": new Uint8Array(4) } })),
      "v.bin",
      (record) => void record.write("w", 46),
    );
    expect((await refusal(() => read(twice))).code).to.equal("MODEL_FILE_INVALID");
    for (const none of [Buffer.from("PK\u0003\u0004"), Buffer.alloc(0), Buffer.alloc(100_000, 1)])
      expect((await refusal(() => read(none))).code).to.equal("MODEL_FILE_INVALID");
  });

  it("reads deep JSON to its end", async () => {
    const deep = Buffer.from("[".repeat(1_000_000) + "]".repeat(1_000_000));
    expect((await refusal(() => read(tfjs({ files: { "model.json": deep } })))).code).to.equal(
      "MODEL_FILE_INVALID",
    );
  });
});
