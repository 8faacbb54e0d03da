import { badInput } from "../../kernel/errors.js";
import {
  type Architecture,
  type ArchitectureChoice,
  type InputShape,
  parseChoice,
  resolveArchitecture,
  sizeOf,
  suitableArchitecture,
  suitableImageArchitecture,
} from "./architecture/index.js";
import type { Hyperparameters } from "./hyperparameters.js";
import type { LearningPlan } from "./plan.js";
import {
  fitPreprocessing,
  imageSizeOf,
  inputShapeOf,
  type LearningTask,
  mostlyText,
  type Preprocessing,
  type Table,
} from "./preprocessing.js";
import { suitableSeriesArchitecture } from "./series/index.js";
import { tokenFault, tokenUnit } from "./token-input.js";

/** What a training fits its weights to, and the weights to begin with where they are not drawn. */
export interface Design {
  preprocessing: Preprocessing;
  architecture: Architecture;
  weights?: Float32Array;
}

/** Preprocessing learnt from the training rows, and layers as chosen or as they suit. @throws BAD_USER_INPUT */
export function newDesign(
  plan: LearningPlan,
  train: Table,
  { normalization }: Pick<Hyperparameters, "normalization">,
): Design {
  const choice = choiceFor(plan);
  const preprocessing = fitPreprocessing(plan.task, train, tokenUnit(plan.task, choice), normalization);
  const input = inputShapeOf(preprocessing);
  const architecture = architectureFor(choice, plan.task, preprocessing, input, train.rows.length);
  return { preprocessing, architecture };
}

/** What the plan chooses, or null for what suits. @throws BAD_USER_INPUT */
function choiceFor({ task, architecture }: LearningPlan): ArchitectureChoice | null {
  const choice = architecture ? parseChoice(architecture) : null;
  const fault = tokenFault(task, choice);
  if (fault) throw badInput(fault.path, fault.message);
  return choice;
}

function architectureFor(
  choice: ArchitectureChoice | null,
  task: LearningTask,
  { features }: Preprocessing,
  input: InputShape,
  rows: number,
): Architecture {
  if (choice) return resolveArchitecture(choice, input);
  if (task.type === "TIME_SERIES") return suitableSeriesArchitecture;
  if (imageSizeOf(task)) return suitableImageArchitecture(input);
  return suitableArchitecture(task.type, rows, sizeOf(input.shape), mostlyText(features));
}
