import { expect } from "chai";
import onnxProto, { type onnx } from "onnx-proto";
import { importModel } from "../../../../src/rooms/learning/importing/index.js";
import { readOnnx } from "../../../../src/rooms/learning/importing/onnx-model.js";
import { floats, info, model, planFor, refusal } from "./support.js";

const { DataType, DataLocation } = onnxProto.onnx.TensorProto;
const { AttributeType } = onnxProto.onnx.AttributeProto;

type Change = Parameters<typeof model>[0];
const tensor =
  (more: onnx.ITensorProto): Change =>
  ({ graph }) =>
    void graph.initializer?.splice(0, 1, { ...floats("k", [2, 2], [1, 2, 3, 4]), ...more });
const node =
  (more: onnx.INodeProto): Change =>
  ({ graph }) =>
    void graph.node?.splice(0, 1, { opType: "MatMul", input: ["x", "k"], output: ["y"], ...more });
const attribute = (more: onnx.IAttributeProto): Change => node({ attribute: [{ name: "a", ...more }] });

const cases: [what: string, change: Change, code: string, words: string][] = [
  [
    "a tensor in another file, by a path that leads out",
    tensor({
      rawData: null,
      dataLocation: DataLocation.EXTERNAL,
      externalData: [{ key: "location", value: "../../etc/passwd" }],
    }),
    "MODEL_FILE_UNSAFE",
    "another file",
  ],
  [
    "a path of another file without the mark that there is one",
    tensor({ externalData: [{ key: "location", value: "/etc/passwd" }] }),
    "MODEL_FILE_UNSAFE",
    "another file",
  ],
  [
    "a shape of more values than memory has",
    tensor({ dims: [2 ** 24, 2 ** 24, 2 ** 24] }),
    "MODEL_FILE_TOO_LARGE",
    "larger than",
  ],
  // 65536⁴ is 0 in 64 bits, as are the bytes of an empty tensor.
  [
    "a shape whose product overflows",
    tensor({ dims: [65_536, 65_536, 65_536, 65_536], rawData: null }),
    "MODEL_FILE_TOO_LARGE",
    "larger than",
  ],
  ["a side below zero", tensor({ dims: [-2, -2] }), "MODEL_FILE_INVALID", "side of -2"],
  ["fewer values than the shape says", tensor({ dims: [2, 3] }), "MODEL_FILE_INVALID", "promise"],
  ["values twice, once in each way", tensor({ floatData: [1, 2, 3, 4, 5] }), "MODEL_FILE_INVALID", "promise"],
  ["doubles", tensor({ dataType: DataType.DOUBLE }), "MODEL_FILE_UNSUPPORTED", "float32"],
  ["texts", tensor({ dataType: DataType.STRING, rawData: null }), "MODEL_FILE_UNSUPPORTED", "float32"],
  ["an operator of somebody's own", node({ domain: "com.evil" }), "MODEL_FILE_UNSUPPORTED", "com.evil"],
  [
    "an operator that makes any size of a number",
    node({ opType: "ConstantOfShape" }),
    "MODEL_FILE_UNSUPPORTED",
    "ConstantOfShape",
  ],
  ["an operator that nobody knows", node({ opType: "Exec" }), "MODEL_FILE_UNSUPPORTED", "Exec"],
  ["a loop with a graph of its own", node({ opType: "Loop" }), "MODEL_FILE_UNSUPPORTED", "Loop"],
  [
    "a graph in an attribute",
    attribute({ type: AttributeType.GRAPH, g: { name: "inner" } }),
    "MODEL_FILE_UNSUPPORTED",
    "control flow",
  ],
  [
    "a huge window",
    attribute({ type: AttributeType.INTS, ints: [2 ** 40] }),
    "MODEL_FILE_TOO_LARGE",
    "attribute",
  ],
  [
    "a tensor of an attribute that lies elsewhere",
    attribute({ type: AttributeType.TENSOR, t: { dataLocation: DataLocation.EXTERNAL } }),
    "MODEL_FILE_UNSAFE",
    "another file",
  ],
  [
    "functions",
    (whole) => void Object.assign(whole, { functions: [{ name: "f" }] }),
    "MODEL_FILE_UNSUPPORTED",
    "functions",
  ],
  [
    "a training",
    (whole) => void Object.assign(whole, { trainingInfo: [{}] }),
    "MODEL_FILE_UNSUPPORTED",
    "training",
  ],
  [
    "another domain",
    (whole) => void whole.opsetImport?.push({ domain: "ai.onnx.ml", version: 3 }),
    "MODEL_FILE_UNSUPPORTED",
    "ai.onnx.ml",
  ],
  [
    "an opset of the future",
    (whole) => void Object.assign(whole, { opsetImport: [{ domain: "", version: 999 }] }),
    "MODEL_FILE_UNSUPPORTED",
    "999",
  ],
  [
    "an IR version of the future",
    (whole) => void Object.assign(whole, { irVersion: 99 }),
    "MODEL_FILE_UNSUPPORTED",
    "99",
  ],
  [
    "sparse tensors",
    ({ graph }) => void Object.assign(graph, { sparseInitializer: [{}] }),
    "MODEL_FILE_UNSUPPORTED",
    "sparse",
  ],
  [
    "the same tensor twice",
    ({ graph }) => void graph.initializer?.push(floats("k", [1], [1])),
    "MODEL_FILE_INVALID",
    "twice",
  ],
  ["a value used before it is given", node({ input: ["x", "later"] }), "MODEL_FILE_INVALID", "later"],
  ["a circle", node({ input: ["y", "k"] }), "MODEL_FILE_INVALID", "before it is given"],
  ["no output", node({ output: ["z"] }), "MODEL_FILE_INVALID", "Nothing gives"],
  ["two inputs", ({ graph }) => void graph.input?.push(info("z", 2)), "MODEL_FILE_UNSUPPORTED", "2 inputs"],
  [
    "an input whose sides are not known",
    ({ graph }) => void graph.input?.splice(0, 1, info("x", 0)),
    "MODEL_FILE_UNSUPPORTED",
    "not known",
  ],
  [
    "an input of any size",
    ({ graph }) => void graph.input?.splice(0, 1, info("x", 2 ** 31, 2 ** 31)),
    "MODEL_FILE_TOO_LARGE",
    "input",
  ],
  [
    "more operators than are served",
    ({ graph }) => {
      graph.node = Array.from({ length: 5_001 }, (_, at) => ({
        opType: "Relu",
        input: ["x"],
        output: [`v${at}`],
      }));
    },
    "MODEL_FILE_TOO_LARGE",
    "operators",
  ],
  ["a long name", node({ output: ["y".repeat(2_000)] }), "MODEL_FILE_TOO_LARGE", "characters"],
];

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];

describe("importing: hostile ONNX", () => {
  it("reads the model that all of them are made of", () => {
    const { input, output, last } = readOnnx(model());
    expect([input, output, last]).to.deep.equal([
      { name: "x", shape: [2] },
      { name: "y", shape: [2] },
      "MatMul",
    ]);
  });

  for (const [what, change, code, words] of cases)
    it(`refuses ${what}`, async () => {
      const refused = await refusal(() => readOnnx(model(change)));
      expect(refused.code, refused.message).to.equal(code);
      expect(refused.message).to.contain(words);
    });

  it("refuses messages within messages before it makes anything of them", async () => {
    let inner = Buffer.from([]);
    // graph → node → attribute → graph → …
    for (let depth = 0; depth < 2_000; depth++)
      for (const field of [0x32, 0x2a, 0x0a])
        inner = Buffer.concat([Buffer.from([field, ...varint(inner.length)]), inner]);
    const whole = Buffer.concat([Buffer.from([0x3a, ...varint(inner.length)]), inner]);
    expect((await refusal(() => readOnnx(whole))).code).to.equal("MODEL_FILE_TOO_LARGE");
  });

  it("refuses millions of empty parts before it makes anything of them", async () => {
    const nodes = Buffer.alloc(4_000_000);
    for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
    const whole = Buffer.concat([Buffer.from([0x3a, ...varint(nodes.length)]), nodes]);
    expect((await refusal(() => readOnnx(whole))).code).to.equal("MODEL_FILE_TOO_LARGE");
  });

  it("refuses lengths beyond the end and numbers without one", async () => {
    for (const bytes of [[0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f], Array<number>(20).fill(0xff), [0x3b], [0x3a]])
      expect((await refusal(() => readOnnx(Uint8Array.from(bytes)))).code).to.equal("MODEL_FILE_INVALID");
    expect((await refusal(() => readOnnx(new Uint8Array()))).code).to.equal("MODEL_FILE_INVALID");
  });

  it("keeps nothing that it did not look at", () => {
    const bytes = model((whole) => {
      Object.assign(whole, {
        docString: "secret-doc",
        producerVersion: "secret-producer",
        metadataProps: [{ key: "k", value: "secret-meta" }],
      });
      Object.assign(whole.graph, { docString: "secret-graph" });
    });
    const written = Buffer.from(readOnnx(bytes).encode({ more: "kept" })).toString("latin1");
    expect(written).to.contain("kept").and.not.contain("secret");
  });

  it("ends a graph that takes more memory than is allowed, without harm to this process", async () => {
    // [1, 20000] → [20000, 1] times [1, 20000] is 1.6 GB, from two small tensors.
    const bytes = model(({ graph }) => {
      graph.node = [
        { opType: "MatMul", input: ["column", "row"], output: ["square"] },
        {
          opType: "ReduceMax",
          input: ["square"],
          output: ["most"],
          attribute: [{ name: "keepdims", type: AttributeType.INT, i: 1 }],
        },
        { opType: "MatMul", input: ["x", "k"], output: ["product"] },
        { opType: "Add", input: ["product", "most"], output: ["y"] },
        { opType: "Reshape", input: ["x", "down"], output: ["turned"] },
      ];
      const side = 20_000;
      graph.initializer?.push(
        floats("column", [side, 1], Array<number>(side).fill(1)),
        floats("row", [1, side], Array<number>(side).fill(1)),
        { name: "down", dims: [2], dataType: DataType.INT64, int64Data: [2, -1] },
      );
    });
    const refused = await refusal(() => importModel(bytes, planFor("ONNX", { inputs: ["a", "b"] })));
    expect(refused.code, refused.message).to.equal("MODEL_FILE_TOO_LARGE");
  }).timeout(40_000);

  it("refuses a graph that onnxruntime does not take, and one that answers no numbers", async () => {
    const plan = planFor("ONNX", { inputs: ["a", "b"] });
    const misshaped = model(tensor({ dims: [4, 1] }));
    expect((await refusal(() => importModel(misshaped, plan))).message).to.contain("onnxruntime");
    const infinite = model(tensor({ rawData: new Uint8Array(Float32Array.of(Infinity, 1, 1, 1).buffer) }));
    expect((await refusal(() => importModel(infinite, plan))).message).to.contain("no number");
  });
});
