import { expect } from "chai";
import fc from "fast-check";
import { PredictorPool } from "../../../src/rooms/learning/index.js";
import { partsOf } from "../../../src/rooms/learning/row-parts.js";
import { dataSet, learn } from "./data.js";

describe("learning: the parts of a request", function () {
  this.timeout(30_000);

  it("are all rows in order, no more than a batch holds of them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 300 }), (numbers) => {
        const parts = partsOf(numbers.map((number) => `[${number}]`));
        expect(
          JSON.parse(`[${parts.flatMap(({ text }) => (text === "" ? [] : [text])).join(",")}]`),
        ).to.deep.equal(numbers.map((number) => [number]));
        let first = 0;
        for (const part of parts) {
          expect(part.first).to.equal(first);
          expect(part.rows).to.be.at.most(64);
          first += part.rows;
        }
        expect(first).to.equal(numbers.length);
      }),
    );
  });

  it("have as many as 1 MiB of long rows, and one where it is longer", () => {
    const long = "x".repeat(2 ** 20);
    expect(partsOf([long, long, "a", "b"]).map(({ rows }) => rows)).to.deep.equal([1, 1, 2]);
    expect(partsOf([])).to.deep.equal([{ first: 0, rows: 0, text: "" }]);
  });

  it("let others have their turns between them, and change no answer", async () => {
    const { table, plan, objects } = dataSet("penguins");
    const { artefact } = await learn(table, plan);
    const pool = new PredictorPool({ threads: 1 });
    const source = (owner: string) => ({ key: owner, owner, load: async () => artefact });
    const rows = Array.from({ length: 1_000 }, (_, at) => objects[at % objects.length] ?? {});
    const order: string[] = [];
    try {
      await Promise.all([
        pool.predict(source("many"), rows.slice(0, 1)),
        pool.predict(source("one"), rows.slice(0, 1)),
      ]);
      const [many] = await Promise.all([
        pool.predict(source("many"), rows).finally(() => order.push("many")),
        pool.predict(source("one"), rows.slice(0, 1)).finally(() => order.push("one")),
      ]);
      expect(order).to.deep.equal(["one", "many"]);
      expect(many.predictions).to.have.length(1_000);
      const { predictions } = await pool.predict(source("many"), rows.slice(990));
      expect(many.predictions.slice(990)).to.deep.equal(predictions);
    } finally {
      await pool.close();
    }
  });
});
