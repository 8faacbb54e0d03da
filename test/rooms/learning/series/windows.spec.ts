import { expect } from "chai";
import fc from "fast-check";
import { fitPreprocessing, type Table } from "../../../../src/rooms/learning/preprocessing.js";
import { requireCoding } from "../../../../src/rooms/learning/series/coding.js";
import { anchorOf, encodeWindow } from "../../../../src/rooms/learning/series/encode.js";
import { seriesExamples } from "../../../../src/rooms/learning/series/examples.js";
import { readTable } from "../../../../src/rooms/learning/series/fit.js";
import { forecastsOf } from "../../../../src/rooms/learning/series/held-out.js";
import { splitSeries, withHistory } from "../../../../src/rooms/learning/series/split.js";
import { originsOf, truthFrom, windowBefore } from "../../../../src/rooms/learning/series/values.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { planOf, tableOf } from "./support.js";

const values = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -999, max: 999 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  {
    minLength: 60,
    maxLength: 120,
  },
);
const spans = fc.record({ window: fc.integer({ min: 1, max: 8 }), horizon: fc.integer({ min: 1, max: 5 }) });

/** The table with other values from a row on. */
const changedFrom = ({ columns, rows }: Table, from: number): Table => ({
  columns,
  rows: rows.map((row, at) => (at < from ? row : row.map(() => String(1e6 + at)))),
});

const validationSplit = 0.2;

/** The parts of a table as a training has them, with what it learns of them. */
function partsOf(table: Table, choice: { window: number; horizon: number }) {
  const { task } = planOf({ ...choice, season: 3 });
  const split = splitSeries(table, task, validationSplit);
  const [train, validation, test] = [split.train, split.validation, split.test].map((rows) =>
    withHistory(table, rows),
  ) as [Table, Table, Table];
  return { split, train, validation, test, preprocessing: fitPreprocessing(task, train) };
}

/** Whether the drawn series has enough to learn from at all. */
const usable = (table: Table, choice: { window: number; horizon: number }): boolean => {
  const read = readTable(table, ["y"]);
  const rows = Math.floor(table.rows.length * 0.6);
  return originsOf({ ...read, rows }, { ...choice, history: 0 }).length >= 8;
};

describe("learning: windows of a series", () => {
  before(startBackend);

  it("never know their own future: nothing from a forecast's first row on changes what it is made from", () => {
    fc.assert(
      fc.property(values, spans, fc.nat(), (drawn, choice, pick) => {
        const table = tableOf(drawn);
        fc.pre(usable(table, choice));
        const { preprocessing } = partsOf(table, choice);
        const coding = requireCoding(preprocessing);
        const read = readTable(table, ["y"]);
        const origins = originsOf(read, { ...choice, history: 0 });
        const origin = origins[pick % origins.length] ?? 0;
        const seen = (of: Table) => {
          const window = windowBefore(readTable(of, ["y"]), origin, choice.window);
          const input = new Float32Array(choice.window);
          encodeWindow(coding, window, input, 0);
          return { window: [...window], input: [...input], anchor: [...anchorOf(coding, window)] };
        };
        expect(seen(changedFrom(table, origin))).to.deep.equal(seen(table));
      }),
      { numRuns: 150 },
    );
  });

  it("of training know neither validation nor test, and what is learnt of them doesn't either", () => {
    fc.assert(
      fc.property(values, spans, (drawn, choice) => {
        const table = tableOf(drawn);
        fc.pre(usable(table, choice));
        const learnt = (of: Table) => {
          const { train, preprocessing } = partsOf(of, choice);
          const { x, y } = seriesExamples(train, preprocessing);
          const bits = [[...x.dataSync()], [...y.dataSync()]];
          x.dispose();
          y.dispose();
          return { preprocessing, bits };
        };
        const [first = 0] = partsOf(table, choice).split.validation;
        expect(learnt(changedFrom(table, first))).to.deep.equal(learnt(table));
      }),
      { numRuns: 60 },
    );
  });

  it("of each part forecast rows of that part alone, and may read those before", () => {
    const table = tableOf(Array.from({ length: 100 }, (_, row) => (row * 37) % 41));
    const { split, train, validation, test, preprocessing } = partsOf(table, { window: 4, horizon: 3 });
    expect([split.train, split.validation, split.test].map((rows) => [rows[0], rows.at(-1)])).to.deep.equal([
      [0, 59],
      [60, 74],
      [75, 99],
    ]);
    const firstAndLast = (part: Table) => {
      const { origins } = forecastsOf(part, preprocessing);
      return [origins[0], origins.at(-1)];
    };
    expect([train, validation, test].map(firstAndLast)).to.deep.equal([
      [4, 57],
      [60, 72],
      [75, 97],
    ]);
  });

  it("fill a gap from before, and are not measured by it", () => {
    const read = readTable(tableOf([null, "NA", 3, null, 5, 6, "?", 8, 9, 10]), ["y"]);
    expect([...read.numbers].slice(2)).to.deep.equal([3, 3, 5, 6, 6, 8, 9, 10]);
    expect([...read.known]).to.deep.equal([0, 0, 1, 0, 1, 1, 0, 1, 1, 1]);
    const origins = originsOf(read, { window: 2, horizon: 2, history: 0 });
    expect(origins).to.deep.equal([4, 7, 8]);
    expect([...windowBefore(read, 4, 2)]).to.deep.equal([3, 3]);
    expect([...truthFrom(read, 7, 2)]).to.deep.equal([8, 9]);
  });
});
