import { type Tensor, type Tensor2D, tensor } from "@tensorflow/tfjs-core";
import { type InputShape, parseChoice, resolveArchitecture } from "../architecture/index.js";
import { categoryOf } from "../cell.js";
import type { Design } from "../design.js";
import { sequenceShape, type TextUnit, type TokenSequence } from "../encoding/index.js";
import { unusable } from "../errors.js";
import type { Hyperparameters } from "../hyperparameters.js";
import { leastTrainingRows } from "../learning.limits.js";
import { splitOf } from "../parts.js";
import type { Base, LearningPlan } from "../plan.js";
import { columnCells, type Preprocessing, type Table } from "../preprocessing.js";
import { outputWidth } from "../target.js";
import { suitableGenerator, textReading } from "./architecture.js";
import { type Baselines, baselinesOf } from "./baselines.js";
import { charactersPerToken, type EncodedTexts, encodeTexts, evenly, type Parts } from "./encode-texts.js";
import { checkLearnable, inherit } from "./inherit.js";
import { generationLimits } from "./limits.js";
import { fitTextTokens, readable, TextTokens } from "./text-tokens.js";
import { byText } from "./split-texts.js";
import { type Windows, windowsOf } from "./windows.js";

/** Texts that training never saw, and what the baselines make of them. */
export interface MeasuredTexts {
  texts: number[][];
  baselines: Baselines;
}

interface PreparedTexts extends Design {
  input: InputShape;
  outputs: number;
  train: Windows;
  validation: Windows | null;
  measured: MeasuredTexts;
  rows: { train: number; validation: number; test: number; dropped: number };
}

/** The texts of each part; rows without one are in none. @throws TRAINING_DATA_UNUSABLE where there are too few */
function textsOf(table: Table, plan: LearningPlan, validationSplit: number): Parts {
  const cells = columnCells(table, plan.task.target ?? "", plan.base ? "fromVersion" : "features");
  const texts = cells.map((cell) => readable(categoryOf(cell) ?? ""));
  const split = byText(texts, splitOf(table, plan, cells, validationSplit));
  const of = (rows: number[]) => rows.map((row) => texts[row] ?? "").filter((text) => text !== "");
  const parts = { train: of(split.train), validation: of(split.validation), test: of(split.test) };
  if (parts.train.length >= leastTrainingRows && parts.test.length > 0) return parts;
  throw unusable(
    "features",
    `Only ${parts.train.length} training and ${parts.test.length} test texts are left; at least ${leastTrainingRows} and 1 are needed. Send a dataset with more different texts.`,
  );
}

/** @throws TRAINING_DATA_UNUSABLE where the texts are too short to learn how one goes on */
function contextFor(wanted: number, tokens: number): number {
  const context = Math.min(wanted, Math.floor(tokens / leastTrainingRows));
  if (context >= generationLimits.context.least) return context;
  const least = generationLimits.context.least * leastTrainingRows;
  throw unusable(
    "features",
    `All training texts together have ${tokens} tokens; at least ${least} are needed. Send more or longer texts.`,
  );
}

/** @throws TRAINING_DATA_UNUSABLE where the texts have nothing in common */
function learnTokens({ train }: Parts, unit: TextUnit, wanted: number): TokenSequence {
  const most = generationLimits.trainingTokens * charactersPerToken[unit];
  const fitted = fitTextTokens(evenly(train, most), unit, wanted);
  if (fitted) return fitted;
  throw unusable(
    "features",
    `No two training texts have a ${unit.toLowerCase()} in common. Send more texts of one language.`,
  );
}

/** What the texts are learnt with, and they themselves. */
interface DesignedTexts extends Design {
  sequence: TokenSequence;
  texts: EncodedTexts;
}

/** Learns the tokens on the training texts. @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE */
function newTexts(table: Table, parts: Parts, plan: LearningPlan, settings: Hyperparameters): DesignedTexts {
  const choice = plan.architecture ? parseChoice(plan.architecture) : null;
  const { tokens: unit, contextLength: wanted } = textReading(choice, settings);
  const learnt = learnTokens(parts, unit, wanted);
  const texts = encodeTexts(parts, learnt);
  const sequence = { ...learnt, length: contextFor(wanted, texts.tokens) };
  const input = sequenceShape(sequence);
  const architecture = choice ? resolveArchitecture(choice, input) : suitableGenerator(input, unit);
  const preprocessing = preprocessingOf(table, plan.task.target ?? "", sequence);
  return { preprocessing, architecture, sequence, texts };
}

/** What lies between a text and the network. */
const preprocessingOf = (table: Table, column: string, sequence: TokenSequence): Preprocessing => ({
  features: [{ kind: "TOKENS", column, sequence }],
  leftOut: table.columns
    .filter((name) => name !== column)
    .map((name) => ({ column: name, reason: "Not chosen." })),
  target: { type: "TEXT_GENERATION", column, outputs: new TextTokens(sequence).size },
});

/** Reads with the version's tokens and window, whatever else would suit the texts. @throws ARTEFACT_INVALID, TRAINING_DATA_UNUSABLE */
function inheritedTexts(
  table: Table,
  parts: Parts,
  { task }: LearningPlan,
  base: Base,
  settings: Hyperparameters,
): DesignedTexts {
  const inherited = inherit(base, task, table, settings);
  const texts = encodeTexts(parts, inherited.sequence);
  checkLearnable(texts, inherited.sequence);
  return { ...inherited, texts };
}

/** From rows to windows of tokens, the network and what it is measured on. @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE, ARTEFACT_INVALID */
export function prepareTexts(
  table: Table,
  plan: LearningPlan,
  hyperparameters: Hyperparameters,
): PreparedTexts {
  const { base = null } = plan;
  const parts = textsOf(table, plan, hyperparameters.validationSplit);
  const { texts, sequence, ...design } = base
    ? inheritedTexts(table, parts, plan, base, hyperparameters)
    : newTexts(table, parts, plan, hyperparameters);
  const outputs = outputWidth(design.preprocessing.target);
  const validation = windowsOf(texts.validation, sequence.length);
  return {
    ...design,
    input: sequenceShape(sequence),
    outputs,
    train: windowsOf(texts.train, sequence.length),
    validation: validation.count > 0 ? validation : null,
    measured: { texts: texts.test, baselines: baselinesOf(texts.train, texts.test, outputs) },
    rows: rowsOf(table, parts),
  };
}

const rowsOf = ({ rows }: Table, { train, validation, test }: Parts): PreparedTexts["rows"] => ({
  train: train.length,
  validation: validation.length,
  test: test.length,
  dropped: rows.length - train.length - validation.length - test.length,
});

/** Windows as tensors for training; the trainer disposes them. */
export const windowExamples = ({ count, context, seen, next }: Windows): { x: Tensor; y: Tensor2D } => ({
  x: tensor(seen, [count, context]),
  y: tensor(next, [count, context]) as Tensor2D,
});
