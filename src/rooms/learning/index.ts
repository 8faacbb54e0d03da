/*
 * Learning: from rows to a trained model, and from a model to predictions. Pure computing: this room knows no tenant,
 * no database and no GraphQL, and owns no table.
 *
 * - What is learnt from data is learnt from the training rows alone.
 * - The same rows, plan, seed and kernels give the same weights to the bit, interrupted or not.
 * - Data is computed on in processes and threads of their own; `close()` of a pool leaves none behind.
 */
export {
  activationBytes,
  activations,
  describeArchitectures,
  faultsOf,
  inputKinds,
  layersFor,
  layerTypes,
  outline,
  paddings,
  parseChoice,
  presetNames,
  settingTypes,
} from "./architecture/index.js";
export type {
  Activation,
  ArchitectureChoice,
  Fault,
  InputKind,
  InputShape,
  LayerType,
  Padding,
  PresetName,
  SettingType,
} from "./architecture/index.js";
export { imageInputOf, parseArtefact, signatureOf } from "./artefact.js";
export type { Signature } from "./artefact.js";
export { kernels } from "./compute/engine.js";
export { isMissing } from "./cell.js";
export type { Cell, ColumnKind, JsonRow } from "./cell.js";
export { ArtefactInvalid, CheckpointMismatch, TrainingBroken, TrainingCrashed } from "./errors.js";
export { causeOf, causeOfCode, failureCauses } from "./failure-cause.js";
export type { FailureCause } from "./failure-cause.js";
export { imageCell } from "./encoding/index.js";
export { explanationLimits } from "./explanation/index.js";
export type { Explanation, ExplanationRequest } from "./explanation/index.js";
export { checkExport, exportFiles, exportFormats } from "./exchange/export-formats.js";
export type { ExportFormat } from "./exchange/export-formats.js";
export type { ExportFile } from "./exchange/export-file.js";
export { zipped } from "./exchange/zip.js";
export {
  compareOutcomes,
  evaluate,
  measureNames,
  keptRows,
  metricsOf,
  outcomesFrom,
  packOutcomes,
  sharedOutcomes,
  unpackOutcomes,
} from "./evaluation/index.js";
export type { MeasureName, Outcomes } from "./evaluation/index.js";
export {
  finishReasons,
  generationLimits,
  requestLimits,
  suitableRequest,
  textReading,
} from "./generation/index.js";
export type { Baselines, FinishReason, NextTokenScore } from "./generation/index.js";
export type { GenerationRequest, WrittenPiece } from "./generation/write-text.js";
export {
  importFormats,
  importLimits,
  importModel,
  ModelFileMismatch,
  ModelFileTooLarge,
} from "./importing/index.js";
export type { Imported, ImportFormat, ImportPlan } from "./importing/index.js";
export { infeasibility } from "./feasibility.js";
export type { FeasibilityPlan, Infeasible } from "./feasibility.js";
export type { ColumnFacts } from "./feasible-widths.js";
export { hyperparameterLimits } from "./hyperparameter-limits.js";
export { describeHyperparameters } from "./describe-hyperparameters.js";
export { customary, optimizers, parseHyperparameters } from "./hyperparameters.js";
export { isBoosting, isClustering, parseSettings } from "./settings.js";
export type { LearntSettings, Settings } from "./settings.js";
export { treesUnsuited } from "./trees/index.js";
export { clusterAlgorithms, clusterLimits } from "./clusters/index.js";
export type { ClusterAlgorithm } from "./clusters/index.js";
export type { Hyperparameters, OptimizerName } from "./hyperparameters.js";
export type { LearningResult } from "./learning.js";
export type { Base, LearningPlan, Progress } from "./plan.js";
export type { ClusteringMetrics, Metrics } from "./metrics.js";
export type { ForecastErrors, ForecastMetrics, StepErrors } from "./series/metrics.js";
export { seriesLimits } from "./series/settings.js";
export type { SeriesChoice } from "./series/settings.js";
export { areDates, dateOf } from "./dates.js";
export type { Prediction } from "./prediction.js";
export { PredictorPool } from "./predictor-pool.js";
export type { PredictorPoolOptions } from "./predictor-options.js";
export { servingEngine } from "./predictor-engine.js";
export type { Engine } from "./predictor-network.js";
export type { ModelSource } from "./predictor-thread.js";
export { textUnits } from "./encoding/index.js";
export type { TextUnit } from "./encoding/index.js";
export { imageSizeOf, onlyTexts } from "./preprocessing.js";
export type { LearningTask } from "./preprocessing.js";
export { rowLimits } from "./rows.js";
export {
  candidates,
  countsRows,
  entrants,
  epochsAt,
  foldsFor,
  leastSearchRows,
  measuresType,
  metricFor,
  nextStep,
  ranking,
  rungsFor,
  searchAlgorithms,
  suitableAlgorithms,
} from "./search/index.js";
export type {
  Fold,
  FoldResult,
  Placed,
  SearchAlgorithm,
  SearchPlan,
  Standing,
  Step,
} from "./search/index.js";
export { heldOutRows, splitSizes } from "./split.js";
export { parseSplit, splitKinds, testFractions } from "./splitting/plan.js";
export type { SplitKind, SplitPlan } from "./splitting/plan.js";
export { normalizations } from "./normalization.js";
export type { Normalization } from "./normalization.js";
export { scheduleKinds, wholeEpochs } from "./schedule.js";
export type { ScheduleKind } from "./schedule.js";
export { readsOneText, whyNot } from "./model-types.js";
export type { ModelType } from "./model-types.js";
export type { TrainingRequest } from "./trainer-child.js";
export { TrainerPool } from "./trainer-pool.js";
export type { OwnLimits, TrainerPoolOptions } from "./trainer-pool.js";
