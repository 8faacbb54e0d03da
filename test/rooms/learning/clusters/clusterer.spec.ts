import { expect } from "chai";
import { numbersOf } from "../../../../src/rooms/learning/clusters/numbers.js";
import { Clusterer, type ClustererOptions } from "../../../../src/rooms/learning/clusters/clusterer.js";
import { membershipOf } from "../../../../src/rooms/learning/clusters/model.js";
import { pickColumns, type Points } from "../../../../src/rooms/learning/clusters/points.js";
import { restartsOf } from "../../../../src/rooms/learning/clusters/search.js";
import { clusterAlgorithms, parseClustering } from "../../../../src/rooms/learning/clusters/settings.js";
import { parseSettings } from "../../../../src/rooms/learning/index.js";
import { codeOf, fieldsOf } from "../data.js";
import { balls } from "./support.js";

const optionsOf = (points: Points, clustering: object = {}, seed = 3): ClustererOptions => ({
  points,
  settings: parseClustering(clustering),
  seed,
  fingerprint: "f",
});

async function search(options: ClustererOptions, checkpoint?: Uint8Array): Promise<Clusterer> {
  const clusterer = Clusterer.start(options, checkpoint);
  while (!clusterer.finished) {
    await clusterer.epoch();
    expect(clusterer.epochs).to.be.at.least(clusterer.history.length);
  }
  return clusterer;
}

describe("learning: the search for clusters", function () {
  this.timeout(30_000);

  for (const algorithm of clusterAlgorithms) {
    it(`finds how many there are, the largest first: ${algorithm}`, async () => {
      const points = balls(4, 60);
      // Rows of the first ball once more, so that one cluster is the largest.
      const first = Array.from({ length: 30 }, (_, row) => [
        ...points.values.subarray(row * 8, row * 8 + 2),
      ]).flat();
      const more = { values: Float32Array.of(...points.values, ...first), rows: points.rows + 30, width: 2 };
      const { clusters, epochs, history, bestEpoch } = await search(optionsOf(more, { algorithm }));
      expect(clusters.sizes).to.deep.equal([90, 60, 60, 60]);
      const tried = clusters.candidates.map((candidate) => candidate.clusters);
      expect(tried).to.deep.equal([...(algorithm === "K_MEANS" ? [] : [1]), 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const costs = clusters.candidates.map(({ bic, silhouette }) =>
        algorithm === "K_MEANS" ? -(silhouette ?? 0) : bic,
      );
      expect(Math.min(...costs)).to.equal(costs[tried.indexOf(4)]);
      expect(history).to.have.length(epochs);
      expect(bestEpoch).to.be.within(1, history.length);
    });

    it(`goes on from any checkpoint to the same network, to the bit: ${algorithm}`, async () => {
      // So little work in an epoch that a run takes many of them.
      const options = { ...optionsOf(balls(4, 50, 3, 3), { algorithm, mostClusters: 4 }), work: 10_000 };
      const whole = await search(options);
      const atOnce = await search({ ...options, work: 1e9 });
      expect(whole.history.length).to.be.greaterThan(2 * atOnce.history.length);
      expect(Buffer.compare(weightsOf(atOnce), weightsOf(whole))).to.equal(0);
      const stops = [1, Math.floor(whole.history.length / 2), whole.history.length - 1, whole.history.length];
      for (const stop of stops) {
        const first = Clusterer.start(options);
        while (first.history.length < stop) await first.epoch();
        const second = await search(options, await first.checkpoint());
        expect(second.history).to.deep.equal(whole.history);
        expect(Buffer.compare(weightsOf(second), weightsOf(whole))).to.equal(0);
        expect(second.clusters.candidates).to.deep.equal(whole.clusters.candidates);
        expect(second.bestEpoch).to.equal(whole.bestEpoch);
      }
    });

    it(`depends on the seed alone: ${algorithm}`, async () => {
      const points = balls(3, 40, 3, 2);
      const [one, same, other] = await Promise.all(
        [1, 1, 2].map((seed) => search(optionsOf(points, { algorithm, clusters: 5 }, seed))),
      );
      if (!one || !same || !other) throw new Error("There are three.");
      expect(Buffer.compare(weightsOf(one), weightsOf(same))).to.equal(0);
      expect(one.history).to.not.deep.equal(other.history);
    });

    it(`copes with constant and dependent columns, duplicates and outliers: ${algorithm}`, async () => {
      const values = Float32Array.from({ length: 60 * 4 }, (_, at) => {
        const row = Math.floor(at / 4);
        // A constant, two columns that say the same, and one of nothing but zeros and a twenty.
        return [7, row % 3, 2 - (row % 3), row === 59 ? 20 : 0][at % 4] ?? 0;
      });
      const points = { values, rows: 60, width: 4 };
      const { clusters, learnt } = await search(optionsOf(points, { algorithm, clusters: 3 }));
      expect(clusters.columns).to.deep.equal([1, 2, 3]);
      expect(clusters.sizes.reduce((sum, size) => sum + size, 0)).to.equal(60);
      expect(learnt.weights.every(Number.isFinite)).to.equal(true);
      const picked = pickColumns(points, clusters.columns);
      const { responsibilities } = membershipOf(clusters.model, picked, 3);
      expect(responsibilities.every(Number.isFinite)).to.equal(true);
    });

    it(`takes as many clusters as there are different rows, and refuses more: ${algorithm}`, async () => {
      const points = { values: Float32Array.from({ length: 40 }, (_, row) => row % 4), rows: 40, width: 1 };
      const { clusters } = await search(optionsOf(points, { algorithm, clusters: 4 }));
      expect(clusters.sizes).to.deep.equal([10, 10, 10, 10]);
      const many = optionsOf(points, { algorithm, clusters: 5 });
      expect(await codeOf(() => Clusterer.start(many))).to.equal("TRAINING_DATA_UNUSABLE");
      expect(fieldsOf(() => Clusterer.start(many))[0]?.message).to.match(/only 4 different rows/);
      const chosen = await search(optionsOf(points, { algorithm }));
      expect(chosen.clusters.candidates.at(-1)?.clusters).to.equal(4);
    });

    it(`refuses rows that are all the same: ${algorithm}`, async () => {
      const points = { values: new Float32Array(40), rows: 20, width: 2 };
      const start = () => Clusterer.start(optionsOf(points, { algorithm }));
      expect(await codeOf(start)).to.equal("TRAINING_DATA_UNUSABLE");
      expect(fieldsOf(start)[0]?.path).to.equal("hyperparameters.clustering.clusters");
    });
  }

  it("refuses a mixture that no network could hold, before any work, and tries fewer where it may choose", async () => {
    const points = balls(2, 20, 1_100);
    const asked = () => Clusterer.start(optionsOf(points, { algorithm: "GAUSSIAN_MIXTURE", clusters: 2 }));
    expect(fieldsOf(asked)[0]?.path).to.equal("hyperparameters.clustering.algorithm");
    expect(await codeOf(asked)).to.equal("BAD_USER_INPUT");
    const mixture = { algorithm: "GAUSSIAN_MIXTURE", clusters: null, mostClusters: 30 } as const;
    const narrow = { rows: 60, distinct: 60, inputs: 250, width: 250 };
    expect(numbersOf(mixture, narrow)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("begins less often where there is more to look at, but never once alone", () => {
    const restarts = (rows: number, algorithm: "K_MEANS" | "GAUSSIAN_MIXTURE" = "K_MEANS"): number =>
      restartsOf({ points: { values: new Float32Array(), rows, width: 10 }, algorithm });
    expect([100, 500_000, 1_000_000, 20_000_000].map((rows) => restarts(rows))).to.deep.equal([8, 8, 4, 2]);
    expect(restarts(100, "GAUSSIAN_MIXTURE")).to.equal(3);
  });

  it("refuses the checkpoint of another search, and damaged ones", async () => {
    const options = optionsOf(balls(2, 20));
    const clusterer = Clusterer.start(options);
    await clusterer.epoch();
    const bytes = await clusterer.checkpoint();
    const other = { ...options, fingerprint: "g" };
    expect(await codeOf(() => Clusterer.start(other, bytes))).to.equal("CHECKPOINT_MISMATCH");
    for (const damaged of [
      bytes.subarray(0, 20),
      new Uint8Array(10),
      new Uint8Array(),
      Buffer.from("nonsense"),
    ])
      expect(await codeOf(() => Clusterer.start(options, damaged))).to.equal("CHECKPOINT_MISMATCH");
  });
});

const weightsOf = ({ learnt: { weights } }: Clusterer): Buffer =>
  Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength);

describe("learning: settings of a clustering", () => {
  it("are completed, and the same when they are read again", () => {
    const chosen = { algorithm: "K_MEANS", clusters: null, mostClusters: 10 };
    expect(parseSettings(undefined, "CLUSTERING", 100)).to.deep.equal({ clustering: chosen });
    expect(parseSettings({ clustering: chosen }, "CLUSTERING", 100)).to.deep.equal({ clustering: chosen });
    const asked = parseClustering({ algorithm: "GAUSSIAN_MIXTURE", clusters: 4 });
    expect(asked).to.deep.equal({ algorithm: "GAUSSIAN_MIXTURE", clusters: 4, mostClusters: null });
    expect(parseClustering(asked)).to.deep.equal(asked);
  });

  const refused: [name: string, input: object, path: string][] = [
    ["one cluster", { clustering: { clusters: 1 } }, "clustering.clusters"],
    ["too many", { clustering: { clusters: 101 } }, "clustering.clusters"],
    ["half a cluster", { clustering: { clusters: 2.5 } }, "clustering.clusters"],
    ["both numbers", { clustering: { clusters: 3, mostClusters: 4 } }, "clustering.mostClusters"],
    ["an unknown algorithm", { clustering: { algorithm: "DBSCAN" } }, "clustering.algorithm"],
    ["what gradient descent goes by", { clustering: {}, epochs: 3 }, "epochs"],
  ];
  for (const [name, input, path] of refused)
    it(`refuse ${name}`, () => {
      const [fault] = fieldsOf(() => parseSettings(input, "CLUSTERING", 100));
      expect(fault?.path).to.equal(`hyperparameters.${path}`);
    });

  it("are refused for any other type", () => {
    const [fault] = fieldsOf(() => parseSettings({ clustering: {} }, "CLASSIFICATION", 100));
    expect(fault?.path).to.equal("hyperparameters.clustering");
    expect(parseSettings({ clustering: null }, "CLASSIFICATION", 100)).to.have.property("epochs");
  });
});
