import { expect } from "chai";
import { TenfoldError } from "../../../src/kernel/errors.js";
import {
  fromPlainError,
  TrainingCrashed,
  TrainingDiverged,
  toPlainError,
} from "../../../src/rooms/learning/errors.js";
import { checkColumns, checkRows, rowLimits } from "../../../src/rooms/learning/rows.js";
import { badInput } from "../../../src/kernel/errors.js";
import { DatasetRaggedRow } from "../../../src/rooms/datasets/dataset.errors.js";
import { codeOf, fieldsOf } from "./data.js";

describe("learning: prediction rows", () => {
  it("lets flat objects through as they are", () => {
    const rows = [{ a: 1, b: "x", c: true, d: null }, {}];
    expect(checkRows(rows)).to.equal(rows);
  });

  it("names the place of everything that is no value", () => {
    const rows = [
      { a: 1 },
      { a: { b: 1 }, c: [1] },
      { long: "x".repeat(rowLimits.textLength + 1) },
      { n: Number.NaN },
      7,
      [1],
      null,
    ];
    const paths = fieldsOf(() => checkRows(rows)).map(({ path }) => path);
    expect(paths).to.deep.equal([
      "rows.1.a",
      "rows.1.c",
      "rows.2.long",
      "rows.3.n",
      "rows.4",
      "rows.5",
      "rows.6",
    ]);
  });

  it("refuses too many rows, too many values and what is no list", async () => {
    const wide = Object.fromEntries(
      Array.from({ length: rowLimits.cells + 1 }, (_, place) => [`c${place}`, 1]),
    );
    const heavy = Array.from({ length: 500 }, () => ({ text: "x".repeat(rowLimits.textLength) }));
    for (const rows of [
      Array.from({ length: rowLimits.rows + 1 }, () => ({})),
      [wide],
      heavy,
      "rows",
      null,
      { length: 1 },
    ]) {
      expect(await codeOf(() => checkRows(rows))).to.equal("BAD_USER_INPUT");
    }
  });

  it("answers thousands of faults briefly", () => {
    const rows = Array.from({ length: 1_000 }, () => ({ ["x".repeat(9_000)]: [] }));
    const fields = fieldsOf(() => checkRows(rows));
    expect(JSON.stringify(fields).length).to.be.below(10_000);
  });

  it("refuses a misspelt column and shows the names there are", () => {
    const [field] = fieldsOf(() => checkColumns([{ age: 1 }, { agee: 1 }], new Set(["age", "sex"])));
    expect(field?.path).to.equal("rows.1.agee");
    expect(field?.message).to.contain("age, sex");
  });
});

describe("learning: errors between processes", () => {
  const sent = (error: unknown) => fromPlainError(structuredClone(toPlainError(error)), TrainingCrashed);

  it("keep class, message and details when declared", () => {
    const error = sent(new TrainingDiverged(undefined, { epoch: 3 }));
    expect(error).to.be.instanceOf(TrainingDiverged);
    expect(error.extensions).to.deep.equal({ code: "TRAINING_DIVERGED", epoch: 3 });
    const input = sent(badInput("architecture.layers", "Too large."));
    expect(input.extensions).to.deep.equal({
      code: "BAD_USER_INPUT",
      fields: [{ path: "architecture.layers", message: "Too large." }],
    });
  });

  it("keep a category beside the finer code", () => {
    const error = sent(new DatasetRaggedRow(undefined, { row: 3 }));
    expect(error).to.include({ code: "DATASET_RAGGED_ROW", category: "BAD_USER_INPUT" });
    expect(error.extensions).to.deep.equal({ code: "BAD_USER_INPUT", reason: "DATASET_RAGGED_ROW", row: 3 });
  });

  it("keep the text of an undeclared one for the log, away from the caller", () => {
    for (const cause of [new Error("cell 'secret' is odd"), "secret"]) {
      const error = sent(cause);
      expect(error).to.be.instanceOf(TenfoldError).and.have.property("code", "TRAINING_CRASHED");
      expect(error.message).to.not.contain("secret");
      expect(String(error.cause)).to.contain("secret");
    }
  });
});
