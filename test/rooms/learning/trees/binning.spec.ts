import { expect } from "chai";
import fc from "fast-check";
import { binColumns } from "../../../../src/rooms/learning/trees/binning.js";
import { networkOf } from "../../../../src/rooms/learning/trees/network.js";
import { borderDraw, drawnColumns, drawnRows } from "../../../../src/rooms/learning/trees/sampling.js";

const pointsOf = (values: readonly number[], width = 1) => ({
  values: Float32Array.from(values),
  rows: values.length / width,
  width,
});

describe("learning: the bins of trees", () => {
  it("are divided strictly between values, and number the rows by them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 50), max: 2 ** 50 }), {
          minLength: 1,
          maxLength: 200,
        }),
        (values) => {
          const points = pointsOf(values);
          const [column] = binColumns(points);
          const borders = column?.borders ?? [];
          expect(borders.length).to.be.at.most(64);
          for (const border of borders) {
            expect(Math.fround(border)).to.equal(border);
            expect(points.values.includes(border)).to.equal(false);
          }
          for (const [row, bin] of (column?.bins ?? new Uint8Array()).entries())
            expect(bin).to.equal(borders.filter((border) => (points.values[row] ?? 0) > border).length);
        },
      ),
    );
  });

  it("hold about as many rows each where there are more values than borders", () => {
    const [column] = binColumns(pointsOf(Array.from({ length: 6_500 }, (_, row) => (row * 37) % 6_500)));
    expect(column?.borders).to.have.length(64);
    const counts = Array<number>(65).fill(0);
    for (const bin of column?.bins ?? []) counts[bin] = (counts[bin] ?? 0) + 1;
    expect(Math.min(...counts)).to.be.at.least(98);
    expect(Math.max(...counts)).to.be.at.most(102);
  });

  it("tell no values apart that the network could not, such as charges in coulombs as they stand", () => {
    const charges = pointsOf([1.6e-19, 3.2e-19, 4.8e-19]);
    expect(binColumns(charges)).to.deep.equal([]);
    const [column] = binColumns(pointsOf([0, 2e-17, 1]));
    expect(column?.borders).to.have.length(2);
    const leaves = Float64Array.of(0, 1);
    for (const border of column?.borders ?? [])
      for (const value of [0, 2e-17, 1]) {
        const tree = { columns: [0], borders: [border], leaves };
        const { weights } = networkOf({ begin: Float64Array.of(0), trees: [tree] }, 1, {
          width: 1,
          outputs: 1,
        });
        const [slope = 0, bias = 0] = weights;
        const unit = Math.fround(1 / (1 + Math.exp(-Math.fround(Math.fround(value) * slope + bias))));
        expect(unit).to.be.closeTo(Number(Math.fround(value) > border), 1e-30);
      }
  });

  it("leave out columns in which rows don't differ, or by no more than rounding", () => {
    const columns = binColumns(pointsOf([1, 5, Math.fround(1), 1, 5, Math.fround(1 + 2 ** -23), 1, 6, 1], 3));
    expect(columns.map(({ column }) => column)).to.deep.equal([1]);
  });
});

describe("learning: what a tree is grown on", () => {
  it("is the asked share of the rows, other ones for each tree", () => {
    const rows = drawnRows(100, 0.3, 1, 1);
    expect(rows).to.have.length(30);
    expect([...rows]).to.deep.equal([...new Set(rows)].sort((a, b) => a - b));
    expect(drawnRows(100, 0.3, 1, 1)).to.deep.equal(rows);
    expect(drawnRows(100, 0.3, 1, 2)).to.not.deep.equal(rows);
    expect(drawnRows(100, 0.3, 2, 1)).to.not.deep.equal(rows);
    expect(drawnRows(5, 1, 1, 1)).to.deep.equal(Int32Array.of(0, 1, 2, 3, 4));
    expect(drawnRows(1, 0.1, 1, 1)).to.have.length(1);
  });

  it("is every row as often as any other", () => {
    const counts = new Float64Array(20);
    for (let tree = 0; tree < 2_000; tree++)
      for (const row of drawnRows(20, 0.5, 4, tree)) counts[row] = (counts[row] ?? 0) + 1;
    for (const count of counts) expect(count).to.be.within(880, 1_120);
  });

  it("is the asked share of the columns, one at the least", () => {
    const columns = binColumns(
      pointsOf(
        Array.from({ length: 20 }, (_, at) => at),
        10,
      ),
    );
    expect(drawnColumns(columns, 0.4, 1, 1)).to.have.length(4);
    expect(drawnColumns(columns, 0.01, 1, 1)).to.have.length(1);
    expect(drawnColumns(columns, 1, 1, 1)).to.equal(columns);
    expect(drawnColumns([], 0.5, 1, 1)).to.deep.equal([]);
    const places = drawnColumns(columns, 0.4, 1, 3).map(({ column }) => column);
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
  });

  it("compares a few borders of each column, of which a column of two values has one", () => {
    const draw = borderDraw(0.1, 1, 1);
    const few = [...draw(60)];
    expect(few).to.have.length(6);
    for (const place of few) expect(place).to.be.within(0, 59);
    expect([...draw(60)]).to.not.deep.equal(few);
    expect([...borderDraw(0.1, 1, 1)(60)]).to.deep.equal(few);
    expect([...draw(1)]).to.deep.equal([0]);
    expect([...borderDraw(1, 1, 1)(4)]).to.deep.equal([0, 1, 2, 3]);
  });
});
