import { badInput } from "../../../kernel/errors.js";
import { checkArchitecture, resolveArchitecture, sizeOf } from "../architecture/index.js";
import { TrainingLimitExceeded } from "../errors.js";
import { rowWeights } from "../examples.js";
import { fingerprintOf, type Started } from "../learner.js";
import { mostInputValues } from "../learning.limits.js";
import { measureNetwork, scoreNetwork } from "../measure-network.js";
import { partsOf } from "../parts.js";
import type { LearningPlan } from "../plan.js";
import {
  columnCells,
  fitPreprocessing,
  inputShapeOf,
  type Preprocessing,
  RowEncoder,
  type Table,
} from "../preprocessing.js";
import { classesOf, columnOf, outputWidth, targetValues } from "../target.js";
import { Booster, type TreeExamples } from "./booster.js";
import type { BoostingSettings } from "./settings.js";
import { scoresFault, treesUnsuited } from "./suits.js";

/** @param weighing null where all rows count alike, as those do that are only watched */
function examplesOf(
  table: Table,
  { features, target }: Preprocessing,
  weighing: BoostingSettings | null,
): TreeExamples {
  if (target.type !== "CLASSIFICATION" && target.type !== "REGRESSION")
    throw new Error("Trees learn rows of a table alone.");
  const encoder = new RowEncoder(features, table.columns);
  const rows = table.rows.length;
  const places = targetValues(target, columnCells(table, columnOf(target)));
  const { mean, deviation } = target.type === "REGRESSION" ? target : { mean: 0, deviation: 1 };
  return {
    points: { values: encoder.encode(table.rows), rows, width: encoder.width },
    answers: {
      values: places.map((value) => (value - mean) / deviation),
      weights: weighing
        ? Float64Array.from(rowWeights(target, places, weighing))
        : new Float64Array(rows).fill(1),
      classes: classesOf(target)?.length ?? null,
    },
  };
}

/**
 * Begins or goes on with growing trees on rows of a table.
 * @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, TRAINING_LIMIT_EXCEEDED, CHECKPOINT_MISMATCH
 */
export function startTrees(
  table: Table,
  plan: LearningPlan,
  settings: BoostingSettings,
  checkpoint?: Uint8Array | null,
): Started {
  const { task, seed, split = null, fold } = plan;
  const { train, validation, test, rows } = partsOf(table, plan, settings.validationSplit);
  const preprocessing = fitPreprocessing(task, train, null, settings.normalization);
  const empty = new Set(preprocessing.leftOut.map(({ column }) => column));
  const unsuited = treesUnsuited(task, (column) => empty.has(column));
  if (unsuited !== null) throw badInput("architecture.preset", unsuited);
  const input = inputShapeOf(preprocessing);
  const outputs = outputWidth(preprocessing.target);
  const choice = { preset: "GRADIENT_BOOSTED_TREES", parameters: settings.boosting } as const;
  checkArchitecture(resolveArchitecture(choice, input), input, outputs, 1);
  if (sizeOf(input.shape) * table.rows.length > mostInputValues) throw new TrainingLimitExceeded();
  const tooMany = scoresFault(table.rows.length, outputs);
  if (tooMany !== null) throw new TrainingLimitExceeded(tooMany);
  const options = {
    train: examplesOf(train, preprocessing, settings),
    validation: validation.rows.length > 0 ? examplesOf(validation, preprocessing, null) : null,
    settings,
    outputs,
    seed,
    fingerprint: fingerprintOf(table, task, settings, seed, split, fold ?? null),
  };
  return {
    learner: Booster.start(options, checkpoint),
    preprocessing,
    rows,
    measure: (artefact) => measureNetwork(artefact, test, seed),
    score: (artefact) => scoreNetwork(artefact, test),
  };
}
