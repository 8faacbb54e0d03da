import { unevaluated } from "../evaluation/index.js";
import { sizeOf } from "../architecture/index.js";
import { TrainingLimitExceeded } from "../errors.js";
import { fingerprintOf, type Measured, type Started } from "../learner.js";
import { mostInputValues } from "../learning.limits.js";
import { largest } from "../metrics.js";
import { type HeldOut, partsOf } from "../parts.js";
import type { LearningPlan } from "../plan.js";
import { Predictor } from "../predictor.js";
import {
  fitPreprocessing,
  inputShapeOf,
  type Preprocessing,
  RowEncoder,
  type Table,
} from "../preprocessing.js";
import { outputWidth } from "../target.js";
import { Clusterer } from "./clusterer.js";
import { clusteringMetrics } from "./measure.js";
import type { Points } from "./points.js";
import type { ClusteringSettings } from "./settings.js";

function encoded(table: Table, { features }: Preprocessing): Points {
  const encoder = new RowEncoder(features, table.columns);
  return { values: encoder.encode(table.rows), rows: table.rows.length, width: encoder.width };
}

async function measure(
  clusterer: Clusterer,
  artefact: Uint8Array,
  test: HeldOut,
  seed: number,
): Promise<Measured> {
  // No other engine: a training process may load no native code.
  const predictor = await Predictor.load(artefact, ["TFJS"]);
  try {
    const { preprocessing } = predictor;
    const points = encoded(test, preprocessing);
    const outputs = await predictor.run(test.rows, new RowEncoder(preprocessing.features, test.columns));
    const clusters = outputWidth(predictor.target);
    const labels = test.rows.map((_, row) => largest(outputs, row * clusters, clusters));
    return {
      metrics: clusteringMetrics(clusterer.clusters, points, labels, seed),
      evaluation: unevaluated(points.rows),
      outcomes: null,
    };
  } finally {
    await predictor.dispose();
  }
}

/** Begins or goes on with a search for clusters in these rows. @throws TRAINING_DATA_UNUSABLE, or as `Clusterer.start` */
export function startClusters(
  table: Table,
  plan: LearningPlan,
  settings: ClusteringSettings,
  checkpoint?: Uint8Array | null,
): Started {
  const { task, seed, split = null } = plan;
  const { train, test, rows } = partsOf(table, plan, 0);
  const preprocessing = fitPreprocessing(task, train);
  if (sizeOf(inputShapeOf(preprocessing).shape) * table.rows.length > mostInputValues)
    throw new TrainingLimitExceeded();
  const fingerprint = fingerprintOf(table, task, { clustering: settings }, seed, split);
  const options = { points: encoded(train, preprocessing), settings, seed, fingerprint };
  const learner = Clusterer.start(options, checkpoint);
  return { learner, preprocessing, rows, measure: (artefact) => measure(learner, artefact, test, seed) };
}
