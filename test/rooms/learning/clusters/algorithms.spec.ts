import { expect } from "chai";
import fc from "fast-check";
import { cholesky, whiteningOf } from "../../../../src/rooms/learning/clusters/cholesky.js";
import { emStep, mixtureOf } from "../../../../src/rooms/learning/clusters/expectation.js";
import { daviesBouldin, sampleOf, silhouette } from "../../../../src/rooms/learning/clusters/indices.js";
import { assign, lloydStep } from "../../../../src/rooms/learning/clusters/lloyd.js";
import {
  type ClusterModel,
  freeParameters,
  membershipOf,
  reordered,
} from "../../../../src/rooms/learning/clusters/model.js";
import {
  distinctRows,
  meanVariance,
  pickColumns,
  type Points,
  varyingColumns,
} from "../../../../src/rooms/learning/clusters/points.js";
import { seedCentres } from "../../../../src/rooms/learning/clusters/seeding.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { balls } from "./support.js";

/** Few different values, so that ties, duplicates and constant columns are common. */
const value = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double({ min: -20, max: 20, noNaN: true }));
const anyPoints: fc.Arbitrary<Points> = fc
  .tuple(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, width]) =>
    fc
      .array(value, { minLength: rows * width, maxLength: rows * width })
      .map((values) =>
        pickColumns({ values: Float32Array.from(values), rows, width }, [...Array(width).keys()]),
      ),
  );
/** Points with a number of clusters that their different rows allow, and a seed. */
const problems = anyPoints
  .map((points) => ({ points, distinct: distinctRows(points, 6) }))
  .filter(({ distinct }) => distinct >= 2)
  .chain(({ points, distinct }) =>
    fc.record({
      points: fc.constant(points),
      clusters: fc.integer({ min: 2, max: distinct }),
      seed: fc.nat(1_000),
    }),
  );

const seeded = (points: Points, clusters: number, seed: number): Float64Array =>
  seedCentres(points, clusters, seededRandom(seed, "test"));

const rowsOf = ({ values, width }: { values: ArrayLike<number>; width: number }): number[][] =>
  Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_unused, column) => values[row * width + column] ?? 0),
  );

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((one, at) => one - (b[at] ?? 0)));

describe("learning: k-means", () => {
  it("begins at different rows of the data, as many as are asked for", () =>
    fc.assert(
      fc.property(problems, ({ points, clusters, seed }) => {
        const centres = rowsOf({ values: seeded(points, clusters, seed), width: points.width });
        const rows = rowsOf(points).map(String);
        expect(new Set(centres.map(String)).size).to.equal(clusters);
        for (const centre of centres) expect(rows).to.include(String(centre));
      }),
    ));

  it("never makes the inertia rise, and stops where nothing changes", () =>
    fc.assert(
      fc.property(problems, ({ points, clusters, seed }) => {
        let centres = seeded(points, clusters, seed);
        let before = Number.POSITIVE_INFINITY;
        for (let step = 0; step < 60; step++) {
          const next = lloydStep(points, centres);
          expect(next.inertia).to.be.at.most(before * (1 + 1e-12));
          if (next.settled) expect([...next.centres]).to.deep.equal([...centres]);
          ({ centres, inertia: before } = next);
        }
      }),
    ));

  it("puts each row to its nearest centre", () =>
    fc.assert(
      fc.property(problems, ({ points, clusters, seed }) => {
        const centres = seeded(points, clusters, seed);
        const { labels, inertia } = assign(points, centres);
        const all = rowsOf({ values: centres, width: points.width });
        const distances = rowsOf(points).map((row, place) => {
          const each = all.map((centre) => distance(row, centre));
          expect(each[labels[place] ?? -1]).to.equal(Math.min(...each));
          return Math.min(...each) ** 2;
        });
        const sum = distances.reduce((total, one) => total + one, 0);
        expect(inertia).to.be.closeTo(sum, 1e-9 * Math.max(1, sum));
      }),
    ));

  it("revives a cluster without rows at the row that is worst off", () => {
    const points = { values: Float32Array.of(0, 1, 2, 50), rows: 4, width: 1 };
    const { centres } = lloydStep(points, Float64Array.of(1, 1_000));
    expect([...centres]).to.deep.equal([13.25, 50]);
  });
});

describe("learning: Gaussian mixtures", () => {
  it("never make the posterior fall, and share each row out among the components", () =>
    fc.assert(
      fc.property(problems, ({ points, clusters, seed }) => {
        const centres = seeded(points, clusters, seed);
        const prior = (1e-3 * (meanVariance(points) || 1) * points.rows) / clusters;
        let mixture = mixtureOf(points, assign(points, centres).labels, centres, prior);
        let before = Number.NEGATIVE_INFINITY;
        for (let step = 0; step < 25; step++) {
          const next = emStep(points, mixture, prior);
          expect(next.logPosterior).to.be.at.least(before - 1e-7 * Math.max(1, Math.abs(before)));
          ({ mixture, logPosterior: before } = next);
        }
        expect(mixture.weights.reduce((sum, weight) => sum + weight, 0)).to.be.closeTo(1, 1e-4);
        const model: ClusterModel = { algorithm: "GAUSSIAN_MIXTURE", mixture };
        const { responsibilities, labels } = membershipOf(model, points, clusters);
        rowsOf({ values: responsibilities, width: clusters }).forEach((shares, row) => {
          expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-12);
          expect(shares[labels[row] ?? -1]).to.equal(Math.max(...shares));
        });
      }),
    ));

  it("find the parameters that rows were drawn with", () => {
    const points = balls(3, 400, 2, 0.3);
    const centres = seeded(points, 3, 1);
    let mixture = mixtureOf(points, assign(points, centres).labels, centres, 1e-9);
    for (let step = 0; step < 30; step++) ({ mixture } = emStep(points, mixture, 1e-9));
    for (const weight of mixture.weights) expect(weight).to.be.closeTo(1 / 3, 0.01);
    for (const mean of rowsOf({ values: mixture.means, width: 2 }))
      expect(Math.hypot(...mean)).to.be.closeTo(3, 0.05);
    for (let place = 0; place < 3; place++) {
      expect(Math.sqrt(mixture.covariances[place * 4] ?? 0)).to.be.closeTo(0.3, 0.03);
      expect(Math.sqrt(mixture.covariances[place * 4 + 3] ?? 0)).to.be.closeTo(0.3, 0.03);
    }
  });

  it("whiten by the inverse of the factor of a covariance", () =>
    fc.assert(
      fc.property(anyPoints, ({ values, rows, width }) => {
        const covariance = new Float64Array(width * width);
        for (let row = 0; row < rows; row++)
          for (let line = 0; line < width; line++)
            for (let column = 0; column < width; column++)
              covariance[line * width + column] =
                (covariance[line * width + column] ?? 0) +
                (values[row * width + line] ?? 0) * (values[row * width + column] ?? 0) +
                Number(line === column && row === 0);
        const [factor, whitening] = [cholesky(covariance, width), whiteningOf(covariance, width)];
        for (let line = 0; line < width; line++)
          for (let column = 0; column < width; column++) {
            let [squared, unit] = [0, 0];
            for (let at = 0; at < width; at++) {
              squared += (factor[line * width + at] ?? 0) * (factor[column * width + at] ?? 0);
              unit += (whitening[line * width + at] ?? 0) * (factor[at * width + column] ?? 0);
            }
            const expected = covariance[line * width + column] ?? 0;
            expect(squared).to.be.closeTo(expected, 1e-9 * Math.max(1, Math.abs(expected)));
            expect(unit).to.be.closeTo(Number(line === column), 1e-9);
          }
      }),
    ));

  it("charge for every number that the data decides", () => {
    expect(freeParameters({ algorithm: "K_MEANS", centres: new Float64Array(), variance: 1 }, 3, 4)).to.equal(
      13,
    );
    const mixture = {
      weights: new Float64Array(),
      means: new Float64Array(),
      covariances: new Float64Array(),
    };
    // Three times four means and ten covariances, and two weights: the third follows.
    expect(freeParameters({ algorithm: "GAUSSIAN_MIXTURE", mixture }, 3, 4)).to.equal(44);
  });
});

describe("learning: figures of clusters", () => {
  const four = { values: Float32Array.of(0, 1, 10, 12), rows: 4, width: 1 };

  it("are those of the definitions", () => {
    // (10.5-1)/11, (9.5... by hand: a = 1, 1, 2, 2; b = 11, 10, 9.5, 11.5.
    const widths = [10 / 11, 9 / 10, 7.5 / 9.5, 9.5 / 11.5];
    const mean = widths.reduce((sum, width) => sum + width, 0) / 4;
    expect(silhouette(four, [0, 0, 1, 1], 2, [0, 1, 2, 3])).to.be.closeTo(mean, 1e-12);
    // Mean distances 0.5 and 1 from the centroids 0.5 and 11.
    expect(daviesBouldin(four, [0, 0, 1, 1], 2)).to.be.closeTo(1.5 / 10.5, 1e-12);
  });

  it("count a row that is alone as 0, and say nothing of one cluster or of rows that are all alone", () => {
    const alone = silhouette(four, [0, 0, 0, 1], 2, [0, 1, 2, 3]);
    expect(alone).to.be.closeTo((1 - 5.5 / 12 + (1 - 5 / 11) + (2 - 9.5) / 9.5) / 4, 1e-12);
    expect(silhouette(four, [0, 0, 0, 0], 2, [0, 1, 2, 3])).to.equal(null);
    expect(silhouette(four, [0, 1, 2, 3], 4, [0, 1, 2, 3])).to.equal(null);
    expect(daviesBouldin(four, [1, 1, 1, 1], 2)).to.equal(null);
  });

  it("stay in their bounds for any rows", () =>
    fc.assert(
      fc.property(problems, ({ points, clusters, seed }) => {
        const { labels } = assign(points, seeded(points, clusters, seed));
        const width = silhouette(points, labels, clusters, sampleOf(points, 1));
        if (width !== null) expect(width).to.be.within(-1, 1);
        expect(daviesBouldin(points, labels, clusters) ?? 0).to.be.at.least(0);
      }),
    ));

  it("are taken of a bounded sample, the same each time", () => {
    const many = { values: new Float32Array(40_000), rows: 20_000, width: 2 };
    expect(sampleOf(many, 1)).to.have.length(1_000);
    expect(sampleOf(many, 1)).to.deep.equal(sampleOf(many, 1));
    expect(sampleOf(many, 1)).to.not.deep.equal(sampleOf(many, 2));
    const wide = { values: new Float32Array(), rows: 20_000, width: 32_000 };
    expect(sampleOf(wide, 1).length ** 2 * 32_000).to.be.at.most(200_000_000);
  });
});

describe("learning: rows as points", () => {
  it("tells columns that vary, and counts different rows", () => {
    const points = { values: Float32Array.of(1, 5, 0, 1, 6, -0, 1, 5, -0), rows: 3, width: 3 };
    expect(varyingColumns(points)).to.deep.equal([1]);
    expect(distinctRows(pickColumns(points, [0, 1, 2]), 10)).to.equal(2);
    expect(distinctRows(points, 1)).to.equal(1);
    expect(meanVariance({ values: Float32Array.of(1, 10, 3, 10), rows: 2, width: 2 })).to.equal(0.5);
  });

  it("keeps a model the same in another order", () => {
    const points = balls(3, 5);
    const model = { algorithm: "K_MEANS", centres: seeded(points, 3, 1), variance: 0.1 } as const;
    const [plain, turned] = [model, reordered(model, [2, 0, 1])].map((one) => membershipOf(one, points, 3));
    expect(plain?.logLikelihood).to.be.closeTo(turned?.logLikelihood ?? 0, 1e-9);
    expect(Array.from(turned?.labels ?? [], (label) => [2, 0, 1][label])).to.deep.equal([
      ...(plain?.labels ?? []),
    ]);
  });
});
