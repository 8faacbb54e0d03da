import {
  type Architecture,
  checkArchitecture,
  type InputShape,
  maskedLayers,
  sizeOf,
} from "./architecture/index.js";
import { startBackend } from "./compute/engine.js";
import { sha256 } from "./container.js";
import { newDesign } from "./design.js";
import { TrainingLimitExceeded } from "./errors.js";
import { encodeExamples } from "./examples.js";
import { designOf } from "./fine-tuning.js";
import type { Hyperparameters } from "./hyperparameters.js";
import { fingerprintOf, type Started } from "./learner.js";
import { mostInputValues } from "./learning.limits.js";
import { measureNetwork, scoreNetwork } from "./measure-network.js";
import { partsOf } from "./parts.js";
import type { LearningPlan } from "./plan.js";
import { inputShapeOf, type Preprocessing } from "./preprocessing.js";
import { forecastCount, requireForecasts } from "./series/index.js";
import { outputWidth } from "./target.js";
import type { Table } from "./task.js";
import { Trainer } from "./trainer.js";

/** Whether there is anything in the validation rows; of a series they may be fewer than the steps ahead. */
const canWatch = (part: Table, preprocessing: Preprocessing): boolean =>
  part.rows.length > 0 &&
  (preprocessing.target.type !== "TIME_SERIES" || forecastCount(part, preprocessing) > 0);

/** Of which network, learning from what, a checkpoint is. */
function fingerprintFor(
  table: Table,
  { task, seed, split = null, base = null, fold }: LearningPlan,
  hyperparameters: Hyperparameters,
  { architecture, input }: { architecture: Architecture; input: InputShape },
): string {
  const origin = base && [sha256(base.artefact), base.trainableLayers];
  const parts = [task, architecture, hyperparameters, seed, split, origin, fold ?? null];
  // Nothing where there is none, so that a checkpoint of before goes on where it means the same network.
  const masked = maskedLayers(architecture, input).includes(true) ? ["masked"] : [];
  return fingerprintOf(table, ...parts, ...masked);
}

/**
 * Begins or goes on with gradient descent on rows with a target.
 * @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, TRAINING_LIMIT_EXCEEDED, CHECKPOINT_MISMATCH
 */
export async function startNetwork(
  table: Table,
  plan: LearningPlan,
  hyperparameters: Hyperparameters,
  checkpoint?: Uint8Array | null,
): Promise<Started> {
  const { task, seed, base = null } = plan;
  const { train, validation, test, rows } = partsOf(table, plan, hyperparameters.validationSplit);
  const design = base
    ? designOf(base, task, train, [validation, test])
    : newDesign(plan, train, hyperparameters);
  const { preprocessing, architecture } = design;
  requireForecasts(test, preprocessing);
  const input = inputShapeOf(preprocessing);
  const batchSize = Math.min(hyperparameters.batchSize, train.rows.length);
  checkArchitecture(architecture, input, outputWidth(preprocessing.target), batchSize);
  if (sizeOf(input.shape) * table.rows.length > mostInputValues) throw new TrainingLimitExceeded();
  await startBackend();
  const options = {
    type: task.type,
    architecture,
    input,
    hyperparameters,
    seed,
    start: base ? { weights: design.weights, trainableLayers: base.trainableLayers } : null,
    train: encodeExamples(train, preprocessing, hyperparameters),
    validation: canWatch(validation, preprocessing) ? encodeExamples(validation, preprocessing, null) : null,
    fingerprint: fingerprintFor(table, plan, hyperparameters, { architecture, input }),
  };
  const learner = await Trainer.start(options, checkpoint);
  return {
    learner,
    preprocessing,
    rows,
    measure: (artefact) => measureNetwork(artefact, test, seed),
    score: (artefact) => scoreNetwork(artefact, test),
  };
}
