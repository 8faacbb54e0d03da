import type { Evaluation } from "../evaluation/index.js";
import type { HeldOut, Measured, Started } from "../learner.js";
import { largest } from "../metrics.js";
import type { Predictor } from "../predictor.js";
import { type Preprocessing, RowEncoder, type Table } from "../preprocessing.js";
import { outputWidth } from "../target.js";
import { Clusterer } from "./clusterer.js";
import { clusteringMetrics } from "./measure.js";
import type { Points } from "./points.js";
import type { ClusteringSettings } from "./settings.js";

export interface ClusteringPlan {
  train: Table;
  preprocessing: Preprocessing;
  settings: ClusteringSettings;
  seed: number;
  fingerprint: string;
}

function encoded(table: Table, { features }: Preprocessing): Points {
  const encoder = new RowEncoder(features, table.columns);
  return { values: encoder.encode(table.rows), rows: table.rows.length, width: encoder.width };
}

/** Whatever needs to know what is true of a row, which nobody does. */
const nothingTrue: Omit<Evaluation, "rows"> = {
  resamples: 0,
  rocArea: null,
  averagePrecision: null,
  intervals: [],
  classes: null,
  calibration: null,
  residuals: null,
};

async function measure(
  clusterer: Clusterer,
  predictor: Predictor,
  test: HeldOut,
  seed: number,
): Promise<Measured> {
  const { preprocessing } = predictor.artefact;
  const points = encoded(test, preprocessing);
  const outputs = await predictor.run(test.rows, new RowEncoder(preprocessing.features, test.columns));
  const clusters = outputWidth(predictor.target);
  const labels = test.rows.map((_, row) => largest(outputs, row * clusters, clusters));
  return {
    metrics: clusteringMetrics(clusterer.clusters, points, labels, seed),
    evaluation: { ...nothingTrue, rows: points.rows },
    outcomes: null,
  };
}

/** Begins or goes on with a search for clusters in these rows. @throws as `Clusterer.start` */
export function startClusters(plan: ClusteringPlan, checkpoint?: Uint8Array | null): Started {
  const { train, preprocessing, settings, seed, fingerprint } = plan;
  const options = { points: encoded(train, preprocessing), settings, seed, fingerprint };
  const learner = Clusterer.start(options, checkpoint);
  return { learner, measure: (predictor, test, drawn) => measure(learner, predictor, test, drawn) };
}
