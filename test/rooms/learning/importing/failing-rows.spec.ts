import { expect } from "chai";
import onnxProto from "onnx-proto";
import { TenfoldError, Unavailable } from "../../../../src/kernel/errors.js";
import { OnnxGraph } from "../../../../src/rooms/learning/exchange/onnx-graph.js";
import { modelFailed } from "../../../../src/rooms/learning/importing/errors.js";
import { importModel } from "../../../../src/rooms/learning/importing/index.js";
import { PredictorPool } from "../../../../src/rooms/learning/index.js";
import { type Answered, type Batch, refused } from "../../../../src/rooms/learning/predictor-batches.js";
import { ofOneRow, ofRows } from "../../../../src/rooms/serving/fault-places.js";
import { codeOf } from "../data.js";
import { planFor } from "./support.js";

const { INT64 } = onnxProto.onnx.TensorProto.DataType;

/** Looks a column up among three numbers, which no row of the import's trial misses; and `n` × `n` ones, summed up. */
function graphOf(): Uint8Array {
  const graph = new OnnxGraph({ name: "x", shape: [2] });
  const part = (place: number): string => graph.node("Gather", ["x", graph.integers([place])], { axis: 1 });
  const table = graph.weight("table", [3], Float32Array.of(10, 20, 30));
  const found = graph.node("Gather", [table, graph.node("Cast", [part(0)], { to: INT64 })]);
  const ones = graph.weight("ones", [1, 22_000], new Float32Array(22_000).fill(1));
  const count = graph.node("Cast", [graph.node("Abs", [part(1)])], { to: INT64 });
  const ends = graph.node("Reshape", [count, graph.integers([1])]);
  const line = graph.node("Slice", [ones, graph.integers([0]), ends, graph.integers([1])]);
  const square = graph.node("MatMul", [graph.node("Transpose", [line], { perm: [1, 0] }), line]);
  const sum = graph.node("Reshape", [
    graph.node("ReduceSum", [square], { keepdims: 0 }),
    graph.integers([1, 1]),
  ]);
  return graph.encode({ value: graph.node("Add", [found, sum]), name: "y", width: 1 }, {});
}

const good = { place: 1, n: 2 };
const bad = { place: 7, n: 2 };

describe("importing: rows that a graph fails with", () => {
  let pool: PredictorPool;
  let model: { key: string; owner: string; load: () => Promise<Uint8Array> };

  before(async () => {
    const { artefact } = await importModel(graphOf(), planFor("ONNX", { inputs: ["place", "n"] }));
    pool = new PredictorPool({ threads: 1 });
    model = { key: "m", owner: "o", load: async () => artefact };
    await pool.predict(model, [good]);
  });
  after(() => pool.close());

  const values = async (rows: object[]): Promise<unknown[]> =>
    (await pool.predict(model, rows)).predictions.map((prediction) => prediction.values);
  const failureOf = (work: Promise<unknown>): Promise<TenfoldError> =>
    work.then(
      () => expect.fail("It did not fail."),
      (error: unknown) => (error instanceof TenfoldError ? error : Promise.reject(error)),
    );

  it("are named, as the model's fault and the caller's to change", async () => {
    const error = await failureOf(pool.predict(model, [good, good, bad, bad]));
    expect(error.code).to.equal("IMPORTED_MODEL_FAILED");
    expect(error.extensions).to.include({ code: "BAD_USER_INPUT", reason: "IMPORTED_MODEL_FAILED" });
    expect(error.extensions.fields).to.have.nested.property("[0].path", "rows.2");
    expect(error.message).to.match(/^rows\.2: The imported model fails with this row\. Send/);
  });

  it("fail nobody else who asked at the same time", async () => {
    const asked = [values([good]), values([good, bad]), values([good, { place: 2, n: 1 }])];
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    expect(await asked[2]).to.deep.equal([[24], [31]]);
    const { extensions } = await failureOf(asked[1] ?? Promise.resolve());
    expect(extensions.fields).to.have.nested.property("[0].path", "rows.1");
  });

  it("have the others of their batch asked again in turns of their own, and nobody twice", async () => {
    const requests = [1, 2].map((rows) => ({
      ...Promise.withResolvers<Answered>(),
      text: "{}",
      rows,
      first: 5 * rows,
    }));
    const batch: Batch = { model, requests, rows: 3, bytes: 4, apart: true };
    const again = refused(batch, modelFailed(1));
    expect(again.map(({ rows, bytes, apart }) => [rows, bytes, apart])).to.deep.equal([
      [1, 2, true],
      [2, 2, true],
    ]);
    expect(again.flatMap(({ requests: those }) => those)).to.deep.equal(requests);
    const [, second] = again;
    if (!second) throw new Error("There are two.");
    expect(refused(second, modelFailed(1))).to.deep.equal([]);
    expect((await failureOf(requests[1]?.promise ?? Promise.resolve())).message).to.match(/^rows\.11:/);
    expect(refused(batch, new Unavailable())).to.deep.equal([]);
    expect(await codeOf(requests[0]?.promise ?? Promise.resolve())).to.equal("UNAVAILABLE");
  });

  it("keep their code where their place is told otherwise: of one row, and of a dataset's", async () => {
    const request = { label: null, evaluations: 16, seed: 1 };
    const one = ofOneRow(await failureOf(pool.explain(model, [bad], request)));
    expect(one).to.have.property("code", "IMPORTED_MODEL_FAILED");
    expect(one)
      .to.have.property("message")
      .that.matches(/^row: The imported model/);
    const many = ofRows(await failureOf(pool.predict(model, [good, bad])), 100);
    expect(many).to.have.property("category", "BAD_USER_INPUT");
    expect(many).to.have.nested.property("extensions.fields[0].path", "rows.101");
  });

  it("are not blamed where they take too much memory: that may pass, and others are answered then", async () => {
    expect(await codeOf(pool.predict(model, [{ place: 0, n: 22_000 }]))).to.equal("UNAVAILABLE");
    expect(await values([good])).to.deep.equal([[24]]);
  });
});
