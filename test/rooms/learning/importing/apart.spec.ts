import { expect } from "chai";
import { importModel } from "../../../../src/rooms/learning/importing/index.js";
import { type LearningResult, PredictorPool } from "../../../../src/rooms/learning/index.js";
import { ImportedNetwork } from "../../../../src/rooms/learning/importing/imported-network.js";
import { parseOnnxArtefact } from "../../../../src/rooms/learning/importing/onnx-artefact.js";
import { dataSet, learn } from "../data.js";
import { floats, info, model, planFor } from "./support.js";

const side = 256;
const columns = Array.from({ length: side }, (_, at) => `c${at}`);
const row = Object.fromEntries(columns.map((column) => [column, 1]));
const { table, plan, objects } = dataSet("penguins");

/** So many products by a matrix of thousandths: slow, and never a number too large. */
const products = (count: number): Uint8Array =>
  model(({ graph }) => {
    const name = (at: number): string => (at === 0 ? "x" : at === count ? "y" : `v${at}`);
    graph.node = Array.from({ length: count }, (_, at) => ({
      opType: "MatMul",
      input: [name(at), "k"],
      output: [name(at + 1)],
    }));
    graph.initializer = [floats("k", [side, side], Array<number>(side * side).fill(0.001))];
    graph.input = [info("x", side)];
    graph.output = [info("y", side)];
  });

describe("importing: graphs beside the models of others", function () {
  this.timeout(60_000);
  let slow: Uint8Array;
  let penguins: LearningResult;
  before(async () => {
    slow = (await importModel(products(600), planFor("ONNX", { inputs: columns }))).artefact;
    penguins = await learn(table, plan);
  });

  it("keep nobody waiting who asks a model of another kind, loaded before or not", async () => {
    const pool = new PredictorPool({ threads: 1 });
    const stranger = { key: "slow", owner: "stranger", load: async () => slow };
    const other = (key: string) => ({ key, owner: "other", load: async () => penguins.artefact });
    const order: string[] = [];
    try {
      await pool.predict(stranger, [row]);
      await pool.predict(other("loaded"), objects.slice(0, 1));
      const asked = [
        pool.predict(stranger, Array<object>(60).fill(row)).then(() => order.push("slow")),
        pool.predict(stranger, [row]).then(() => order.push("slow")),
      ];
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      for (const key of ["loaded", "new"])
        asked.push(pool.predict(other(key), objects.slice(0, 1)).then(() => order.push(key)));
      await Promise.all(asked);
      expect(order).to.deep.equal(["loaded", "new", "slow", "slow"]);
    } finally {
      await pool.close();
    }
  });

  it("answer what they were asked before others push them out of memory", async () => {
    const network = await ImportedNetwork.load(parseOnnxArtefact(slow));
    const asked = network.run(new Float32Array(side).fill(1), 1);
    await network.dispose();
    expect(await asked).to.have.length(side);
  });

  it("and models of others take turns in a memory that holds one of them", async () => {
    const pool = new PredictorPool({ threads: 1, cacheBytes: 128 * 2 ** 20 });
    const sources = ["a", "b"].map((key) => ({ key, owner: key, load: async () => slow }));
    const mine = { key: "mine", owner: "mine", load: async () => penguins.artefact };
    try {
      const answers = await Promise.all([
        ...sources.map((source) => pool.predict(source, [row])),
        ...Array.from({ length: 5 }, () => pool.predict(mine, objects.slice(0, 3))),
      ]);
      expect(answers.map(({ predictions }) => predictions.length)).to.deep.equal([1, 1, 3, 3, 3, 3, 3]);
    } finally {
      await pool.close();
    }
  });
});
