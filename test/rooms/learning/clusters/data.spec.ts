import { expect } from "chai";
import { clusterAlgorithms } from "../../../../src/rooms/learning/clusters/settings.js";
import { Clusterer } from "../../../../src/rooms/learning/clusters/clusterer.js";
import { membershipOf } from "../../../../src/rooms/learning/clusters/model.js";
import { pickColumns } from "../../../../src/rooms/learning/clusters/points.js";
import { parseArtefact, signatureOf, TrainerPool } from "../../../../src/rooms/learning/index.js";
import type { LearningResult } from "../../../../src/rooms/learning/learning.js";
import { Predictor } from "../../../../src/rooms/learning/predictor.js";
import { RowEncoder } from "../../../../src/rooms/learning/preprocessing.js";
import { splitRows } from "../../../../src/rooms/learning/split.js";
import { codeOf, interruptedSha256, learn, type LoadedSet } from "../data.js";
import { adjustedRandIndex, metricsOf, penguinClusters, unlabelled } from "./support.js";

/** What the served network says of all rows of a set. */
async function answersOf(
  { artefact }: LearningResult,
  { table }: LoadedSet,
  engine: "ONNXRUNTIME" | "TFJS" = "TFJS",
) {
  const predictor = await Predictor.load(artefact, [engine]);
  expect(predictor.engine).to.equal(engine);
  const encoder = new RowEncoder(predictor.preprocessing.features, table.columns);
  const outputs = await predictor.run(table.rows, encoder);
  await predictor.dispose();
  const clusters = outputs.length / table.rows.length;
  const labels = table.rows.map((_, row) => {
    const shares = [...outputs.subarray(row * clusters, (row + 1) * clusters)];
    return shares.indexOf(Math.max(...shares));
  });
  return { labels, outputs, clusters, encoded: encoder.encode(table.rows), width: encoder.width };
}

describe("learning: clusters of real data", function () {
  this.timeout(60_000);

  // Agreement with the species on all 344 rows, of which 258 were learnt from, without any of them being told.
  for (const [algorithm, least] of [
    ["K_MEANS", 0.75],
    ["GAUSSIAN_MIXTURE", 0.93],
  ] as const)
    it(`penguins fall into their species: ${algorithm}`, async () => {
      const set = penguinClusters(algorithm);
      const result = await learn(set.table, set.plan);
      const { labels } = await answersOf(result, set);
      expect(adjustedRandIndex(labels, set.truth)).to.be.at.least(least);
      const metrics = metricsOf(result);
      expect(metrics.rows).to.equal(86);
      expect(metrics.silhouette).to.be.within(0.4, 0.6);
      expect(metrics.clusters.map(({ label }) => label)).to.deep.equal(["1", "2", "3"]);
      const sum = (name: "rows" | "trainingRows") =>
        metrics.clusters.reduce((total, cluster) => total + cluster[name], 0);
      expect([sum("trainingRows"), sum("rows")]).to.deep.equal([258, 86]);
      expect(result.rows).to.deep.equal({ train: 258, validation: 0, test: 86, dropped: 0 });
      expect(result.outcomes).to.equal(null);
    });

  it("the mixture's criterion finds the three species without being told their number", async () => {
    const set = penguinClusters("GAUSSIAN_MIXTURE", null);
    const { candidates, clusters } = metricsOf(await learn(set.table, set.plan));
    expect(clusters).to.have.length(3);
    const best = candidates.toSorted((a, b) => a.bic - b.bic)[0];
    expect(best).to.deep.include({ clusters: 3, chosen: true });
    expect(candidates.filter(({ chosen }) => chosen)).to.have.length(1);
  });

  it("the silhouette prefers the two groups that penguins are seen as from afar", async () => {
    const set = penguinClusters("K_MEANS", null);
    const result = await learn(set.table, set.plan);
    const { candidates } = metricsOf(result);
    const silhouettes = candidates.map(({ silhouette }) => silhouette ?? -1);
    expect(candidates[0]).to.deep.include({ clusters: 2, chosen: true });
    expect(silhouettes[0]).to.equal(Math.max(...silhouettes));
    const { labels } = await answersOf(result, set);
    // The two groups are Gentoo and the others.
    const gentoo = set.truth.map((species) => species === "Gentoo");
    expect(adjustedRandIndex(labels, gentoo)).to.be.at.least(0.98);
  });

  it("digits gather by what they show, far beyond chance", async () => {
    const set = unlabelled("digits-8x8", { clusters: 10 });
    const { labels } = await answersOf(await learn(set.table, set.plan), set, "ONNXRUNTIME");
    expect(adjustedRandIndex(labels, set.truth)).to.be.at.least(0.4);
  });

  it("columns of every kind are read, with what is missing", async () => {
    const set = unlabelled("penguins", { algorithm: "GAUSSIAN_MIXTURE", clusters: 4 });
    const result = await learn(set.table, set.plan);
    const { outputs } = await answersOf(result, set);
    expect(outputs.every(Number.isFinite)).to.equal(true);
    const { inputs, output, ignored } = signatureOf(parseArtefact(result.artefact).preprocessing);
    expect(inputs.map(({ column }) => column)).to.include.members(["island", "sex"]);
    expect(output).to.deep.equal({ column: "cluster", type: "CLUSTERING", classes: ["1", "2", "3", "4"] });
    expect(ignored).to.deep.equal(["species"]);
  });

  for (const algorithm of clusterAlgorithms)
    for (const engine of ["ONNXRUNTIME", "TFJS"] as const)
      it(`the network answers what the clusters do, within a hundred thousandth: ${algorithm} by ${engine}`, async () => {
        const set = penguinClusters(algorithm);
        const result = await learn(set.table, set.plan);
        const { outputs, encoded, width } = await answersOf(result, set, engine);
        const { train } = splitRows(344, { testFraction: 0.25, validationSplit: 0, seed: 1 });
        const rows = train.flatMap((row) => [...encoded.subarray(row * width, (row + 1) * width)]);
        const clusterer = Clusterer.start({
          points: { values: Float32Array.from(rows), rows: train.length, width },
          settings: { algorithm, clusters: 3, mostClusters: null },
          seed: 1,
          fingerprint: "",
        });
        while (!clusterer.finished) await clusterer.epoch();
        const { model, columns } = clusterer.clusters;
        const points = pickColumns({ values: encoded, rows: 344, width }, columns);
        const { responsibilities } = membershipOf(model, points, 3);
        const apart = responsibilities.map((share, at) => Math.abs(share - (outputs[at] ?? Number.NaN)));
        expect(Math.max(...apart)).to.be.at.most(1e-5);
      });

  it("a search that was interrupted comes to the same artefact, byte by byte", async () => {
    const set = penguinClusters("GAUSSIAN_MIXTURE");
    const { sha256, epochs } = await learn(set.table, set.plan);
    expect(epochs).to.be.within(3, 4);
    expect(await interruptedSha256(set.table, set.plan)).to.equal(sha256);
  });

  it("a training process that is killed goes on in another from its checkpoint", async () => {
    const set = penguinClusters("K_MEANS", null);
    const request = { ...set.plan, columns: set.table.columns, rows: set.table.rows };
    const whole = await learn(set.table, set.plan);
    // Without a spare, which would be killed along and might be handed the rest before anybody has noticed.
    const pool = new TrainerPool({ size: 1, warm: 0, checkpointEvery: 1 });
    let kept: Uint8Array | null = null;
    const seen: number[] = [];
    const killed = pool.train(request, {
      onEpoch: ({ epoch, epochs }, checkpoint) => {
        expect(epochs).to.be.at.least(epoch);
        kept = checkpoint;
        seen.push(epoch);
        if (epoch === 30) for (const pid of pool.pids) process.kill(pid, "SIGKILL");
      },
    });
    expect(await codeOf(killed)).to.equal("TRAINING_CRASHED");
    const resumed = await pool.train(
      { ...request, checkpoint: kept },
      { onEpoch: ({ epoch }) => void seen.push(epoch) },
    );
    await pool.close();
    expect(resumed.sha256).to.equal(whole.sha256);
    expect(resumed.metrics).to.deep.equal(whole.metrics);
    expect(seen).to.deep.equal(Array.from({ length: 72 }, (_, epoch) => epoch + 1));
  });

  it("refuses too few rows and features that say nothing, in words about rows", async () => {
    const set = penguinClusters("K_MEANS");
    const few = { ...set.table, rows: set.table.rows.slice(0, 6) };
    expect(await codeOf(learn(few, set.plan))).to.equal("TRAINING_DATA_UNUSABLE");
    const same = { ...set.table, rows: set.table.rows.map(() => set.table.rows[0] ?? []) };
    expect(await codeOf(learn(same, set.plan))).to.equal("TRAINING_DATA_UNUSABLE");
  });
});
