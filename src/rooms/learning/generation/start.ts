import { checkArchitecture } from "../architecture/index.js";
import { startBackend } from "../compute/engine.js";
import { sha256 } from "../container.js";
import type { Hyperparameters } from "../hyperparameters.js";
import { fingerprintOf, type Started } from "../learner.js";
import type { LearningPlan } from "../plan.js";
import type { Table } from "../task.js";
import { Trainer } from "../trainer.js";
import { prepareTexts, windowExamples } from "./prepare.js";
import { measureGeneration } from "./result.js";

/**
 * Begins or goes on with learning how texts go on.
 * @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, ARTEFACT_INVALID, CHECKPOINT_MISMATCH
 */
export async function startTexts(
  table: Table,
  plan: LearningPlan,
  hyperparameters: Hyperparameters,
  checkpoint?: Uint8Array | null,
): Promise<Started> {
  const { task, seed, split = null, base = null } = plan;
  const { measured, ...texts } = prepareTexts(table, plan, hyperparameters);
  const { preprocessing, architecture, weights, input, outputs, rows } = texts;
  checkArchitecture(architecture, input, outputs, Math.min(hyperparameters.batchSize, texts.train.count));
  await startBackend();
  // Nothing where there is none, so that a checkpoint of before versions could be gone on from still fits.
  const origin = base ? [[sha256(base.artefact), base.trainableLayers]] : [];
  const options = {
    type: task.type,
    architecture,
    input,
    outputs,
    hyperparameters,
    seed,
    start: base && { weights, trainableLayers: base.trainableLayers },
    train: windowExamples(texts.train),
    validation: texts.validation && windowExamples(texts.validation),
    fingerprint: fingerprintOf(table, task, architecture, hyperparameters, seed, split, ...origin),
  };
  const learner = await Trainer.start(options, checkpoint);
  const measure: Started["measure"] = (artefact) => Promise.resolve(measureGeneration(artefact, measured));
  return { learner, preprocessing, rows, measure };
}
